"""How the installation is: the doctor for people, figures for machines."""
