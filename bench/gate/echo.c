/* The physical limit: an epoll server that answers every message of SIZE bytes with SIZE bytes. usage: echo PORT SIZE */
#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <netinet/tcp.h>
#include <unistd.h>

int main(int argc, char **argv) {
  if (argc < 3) return 2;
  int size = atoi(argv[2]), one = 1, s = socket(AF_INET, SOCK_STREAM, 0), ep = epoll_create1(0);
  struct sockaddr_in at = {.sin_family = AF_INET, .sin_port = htons(atoi(argv[1])), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  setsockopt(s, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
  if (bind(s, (struct sockaddr *)&at, sizeof at) || listen(s, 128)) return 1;
  struct epoll_event e = {.events = EPOLLIN, .data.fd = s}, got[64];
  epoll_ctl(ep, EPOLL_CTL_ADD, s, &e);
  static int have[65536];
  static char in[65536], out[65536];
  memset(out, 'x', sizeof out);
  for (;;) {
    int n = epoll_wait(ep, got, 64, -1);
    for (int i = 0; i < n; i++) {
      int fd = got[i].data.fd;
      if (fd == s) {
        int c = accept(s, 0, 0);
        if (c < 0 || c >= 65536) continue;
        setsockopt(c, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
        have[c] = 0;
        struct epoll_event a = {.events = EPOLLIN, .data.fd = c};
        epoll_ctl(ep, EPOLL_CTL_ADD, c, &a);
        continue;
      }
      int r = read(fd, in, sizeof in);
      if (r <= 0) { close(fd); continue; }
      have[fd] += r;
      int whole = have[fd] / size * size;
      have[fd] -= whole;
      for (int left = whole; left > 0;) {
        int w = write(fd, out, left > (int)sizeof out ? (int)sizeof out : left);
        if (w <= 0) break;
        left -= w;
      }
    }
  }
}
