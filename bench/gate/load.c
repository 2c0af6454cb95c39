/* Load over TCP, each connection one question at a time. usage: load PORT KIND CONNECTIONS SECONDS RATE [SIZE [BATCH]]
 * KIND: echo (SIZE bytes each way), line (BATCH lines a message), get, post. RATE 0: as fast as answers come; else so
 * many questions a second, measured from the moment at which each was due. Every question is another call.
 * Prints: answers allowed seconds p50_us p99_us bytes_a_question. */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { MOST = 1024, BINS = 1000000, ROOM = 1 << 17 };
static unsigned bins[BINS];
static char in[MOST][ROOM], out[ROOM];
static int have[MOST], fds[MOST], busy[MOST];
static double due[MOST];
static unsigned long asked, answers, allowed;
static int kind, size, batch = 1, bytes;

static double now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return t.tv_sec + t.tv_nsec / 1e9;
}

static int question(void) {
  unsigned long n = asked++;
  int channel = n % 500;
  if (kind == 'e') { memset(out, 'x', size); return size; }
  if (kind == 'l') {
    int at = 0;
    for (int i = 0; i < batch; i++, n = asked++)
      at += sprintf(out + at, "95013001 139%08lu L%03d b%u.%lu\n", n % 100000000, channel, getpid(), n);
    asked--;
    return at;
  }
  if (kind == 'g')
    return sprintf(out, "GET /gate?display=95013001&callee=139%08lu&channel=L%03d&call_id=b%u.%lu HTTP/1.1\r\nHost: gate\r\n\r\n",
                   n % 100000000, channel, getpid(), n);
  char body[512];
  int length = sprintf(body, "{\"enterprise\":\"acme\",\"display\":\"95013001\",\"callee\":\"139%08lu\",\"channel\":\"L%03d\",\"call_id\":\"b%u.%lu\"}",
                       n % 100000000, channel, getpid(), n);
  return sprintf(out, "POST /v1/decide HTTP/1.1\r\nHost: gate\r\nContent-Length: %d\r\n\r\n%s", length, body);
}

static int whole(int i) { /* length of the answer at the head of the buffer, 0: not whole */
  char *b = in[i];
  if (kind == 'e') return have[i] >= size ? size : 0;
  if (kind == 'l') {
    int lines = 0;
    for (int k = 0; k < have[i]; k++)
      if (b[k] == '\n' && ++lines == batch) return k + 1;
    return 0;
  }
  b[have[i]] = 0;
  char *end = strstr(b, "\r\n\r\n"), *length = strcasestr(b, "content-length:");
  if (!end || !length) return 0;
  int all = end + 4 - b + atoi(length + 15);
  return have[i] >= all ? all : 0;
}

static void ask(int i, double at) {
  int n = question(), done = 0;
  bytes = n;
  due[i] = at;
  busy[i] = 1;
  while (done < n) {
    int w = write(fds[i], out + done, n - done);
    if (w <= 0) exit(3);
    done += w;
  }
}

int main(int argc, char **argv) {
  if (argc < 6) return 2;
  kind = argv[2][0];
  int connections = atoi(argv[3]), one = 1, ep = epoll_create1(0);
  double seconds = atof(argv[4]), rate = atof(argv[5]);
  size = argc > 6 ? atoi(argv[6]) : 200;
  batch = argc > 7 ? atoi(argv[7]) : 1;
  struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons(atoi(argv[1])), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  for (int i = 0; i < connections; i++) {
    fds[i] = socket(AF_INET, SOCK_STREAM, 0);
    if (connect(fds[i], (struct sockaddr *)&to, sizeof to)) return 1;
    setsockopt(fds[i], IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    struct epoll_event e = {.events = EPOLLIN, .data.u32 = i};
    epoll_ctl(ep, EPOLL_CTL_ADD, fds[i], &e);
  }
  double begun = now(), ends = begun + seconds, next = begun;
  for (int i = 0; i < connections && rate == 0; i++) ask(i, now());
  struct epoll_event got[MOST];
  while (now() < ends) {
    if (rate > 0)
      for (int i = 0; i < connections && next <= now(); i++)
        if (!busy[i]) { ask(i, next); next += 1 / rate; }
    /* as fast as answers come it never sleeps: a server that must wake its client at each answer pays for that */
    struct timespec wait = {0, rate > 0 ? 100000 : 0};
    int n = epoll_pwait2(ep, got, MOST, &wait, 0);
    for (int k = 0; k < n; k++) {
      int i = got[k].data.u32, r = read(fds[i], in[i] + have[i], ROOM - 1 - have[i]);
      if (r <= 0) return 4;
      have[i] += r;
      int length = whole(i);
      if (!length) continue;
      in[i][have[i]] = 0;
      answers += batch;
      if (kind == 'e' || strstr(in[i], "allow\":true") || (kind != 'p' && strstr(in[i], "allow") && !strstr(in[i], "deny"))) allowed += batch;
      memmove(in[i], in[i] + length, have[i] - length);
      have[i] -= length;
      busy[i] = 0;
      double took = (now() - due[i]) * 1e6;
      bins[took < BINS ? (int)took : BINS - 1]++;
      if (rate == 0) ask(i, now());
    }
  }
  unsigned long total = answers / batch, seen = 0;
  int p50 = -1, p99 = -1;
  for (int b = 0; b < BINS && p99 < 0; b++) {
    seen += bins[b];
    if (p50 < 0 && seen >= total * 0.5) p50 = b;
    if (seen >= total * 0.99) p99 = b;
  }
  printf("%lu %lu %.3f %d %d %d\n", answers, allowed, now() - begun, p50, p99, bytes / batch);
  return 0;
}
