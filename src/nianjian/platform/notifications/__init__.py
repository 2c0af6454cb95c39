"""Messages to people (inbox, mail, chat) and to programs (webhooks), each of them sent once."""
