/* Closed-loop INVITE generator. usage: flood PORT NUMBERS WINDOW SECONDS ALLOWED [FIRST]
 * Display numbers FIRST … FIRST+NUMBERS-1 in turn, WINDOW calls under way; ends after SECONDS, or once ALLOWED calls
 * were redirected (302) and as many more were refused. Prints: calls allowed refused other most seconds p50_us p99_us,
 * where `most` is the largest count of allowed calls of one number. */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

enum { SLOTS = 1 << 20, BINS = 200000 };
static double sent_at[SLOTS];
static unsigned bins[BINS];

static double now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return t.tv_sec + t.tv_nsec / 1e9;
}

static double quantile(unsigned long total, double part) {
  unsigned long seen = 0;
  for (int i = 0; i < BINS; i++)
    if ((seen += bins[i]) >= total * part) return i;
  return BINS;
}

int main(int argc, char **argv) {
  if (argc < 6) return 2;
  int port = atoi(argv[1]), numbers = atoi(argv[2]), window = atoi(argv[3]);
  double seconds = atof(argv[4]);
  unsigned long wanted = strtoul(argv[5], 0, 10), first = argc > 6 ? strtoul(argv[6], 0, 10) : 95013000;
  unsigned *per = calloc(numbers, sizeof *per), most = 0;
  int s = socket(AF_INET, SOCK_DGRAM, 0), big = 1 << 22;
  setsockopt(s, SOL_SOCKET, SO_RCVBUF, &big, sizeof big);
  struct timeval wait = {0, 200000};
  setsockopt(s, SOL_SOCKET, SO_RCVTIMEO, &wait, sizeof wait);
  struct sockaddr_in own = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)}, to = own;
  socklen_t length = sizeof own;
  bind(s, (struct sockaddr *)&own, sizeof own);
  getsockname(s, (struct sockaddr *)&own, &length);
  to.sin_port = htons(port);
  connect(s, (struct sockaddr *)&to, sizeof to);
  unsigned long seq = 0, allowed = 0, refused = 0, other = 0, answered = 0;
  unsigned run = getpid();
  int under = 0;
  char out[2048], in[65536];
  double begun = now(), ends = begun + seconds;
  while (now() < ends && !(allowed >= wanted && refused >= wanted)) {
    while (under < window) {
      unsigned long display = first + seq % numbers;
      int n = snprintf(out, sizeof out,
          "INVITE sip:13900139000@127.0.0.1:%d SIP/2.0\r\nVia: SIP/2.0/UDP 127.0.0.1:%d;branch=z9hG4bK%u.%lu\r\n"
          "From: <sip:%lu@127.0.0.1>;tag=f%lu\r\nTo: <sip:13900139000@127.0.0.1>\r\nCall-ID: %u-%lu\r\n"
          "CSeq: 1 INVITE\r\nContact: <sip:%lu@127.0.0.1:%d>\r\nMax-Forwards: 70\r\nContent-Length: 0\r\n\r\n",
          port, ntohs(own.sin_port), run, seq, display, seq, run, seq, display, ntohs(own.sin_port));
      sent_at[seq % SLOTS] = now();
      if (send(s, out, n, 0) < 0) break;
      seq++;
      under++;
    }
    int got = recv(s, in, sizeof in - 1, 0);
    if (got < 12) { under = 0; continue; } /* lost: begin a new window */
    in[got] = 0;
    char *id = strstr(in, "Call-ID: ");
    char *dash = id ? strchr(id, '-') : 0;
    dash = dash ? strchr(dash + 1, '-') : 0;
    if (!dash) continue;
    unsigned long which = strtoul(dash + 1, 0, 10);
    if (under > 0) under--;
    answered++;
    double took = (now() - sent_at[which % SLOTS]) * 1e6;
    bins[took < BINS ? (int)took : BINS - 1]++;
    int code = atoi(in + 8);
    if (code == 302) {
      allowed++;
      if (++per[which % numbers] > most) most = per[which % numbers];
    } else if (code == 403) refused++;
    else other++;
  }
  printf("%lu %lu %lu %lu %u %.3f %.0f %.0f\n", answered, allowed, refused, other, most, now() - begun,
         quantile(answered, 0.5), quantile(answered, 0.99));
  return 0;
}
