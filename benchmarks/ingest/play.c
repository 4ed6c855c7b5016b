/* Plays each request of a file once over some kept-alive connections, and says how it was answered.
   play PORT FILE CONNECTIONS RATE; FILE: "length\nbytes" one after the other; RATE: requests a second, 0: as fast as
   they are answered. Prints: answered 2xx, otherwise, seconds, p50 and p99 of the answer in ms. */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <time.h>
#include <unistd.h>

typedef struct { char *bytes; size_t length; } Request;
typedef struct { int fd; size_t at; const Request *now; double began; char answer[65536]; size_t got; } Connection;

static Request *requests;
static size_t count, next_one, ok, other;
static double *times;

static double now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return t.tv_sec + t.tv_nsec / 1e9;
}

static void fail(const char *what) { perror(what); exit(1); }

static void load(const char *path) {
  FILE *file = fopen(path, "rb");
  size_t length, room = 0;
  if (!file) fail(path);
  while (fscanf(file, "%zu", &length) == 1) {
    if (count == room) requests = realloc(requests, (room = room ? room * 2 : 1024) * sizeof *requests);
    fgetc(file);
    requests[count].length = length;
    requests[count].bytes = malloc(length);
    if (fread(requests[count].bytes, 1, length, file) != length) fail("short file");
    count++;
  }
  fclose(file);
}

static int by_time(const void *a, const void *b) {
  double x = *(const double *)a, y = *(const double *)b;
  return (x > y) - (x < y);
}

static void push(Connection *c) {
  while (c->at < c->now->length) {
    ssize_t n = send(c->fd, c->now->bytes + c->at, c->now->length - c->at, MSG_NOSIGNAL);
    if (n < 0 && errno == EAGAIN) return;
    if (n <= 0) fail("send");
    c->at += n;
  }
}

static void begin(Connection *c) {
  c->now = &requests[next_one++];
  c->at = c->got = 0;
  c->began = now();
  push(c);
}

/* Whether the answer is whole. */
static int pull(Connection *c) {
  ssize_t n = recv(c->fd, c->answer + c->got, sizeof c->answer - 1 - c->got, 0);
  if (n < 0 && errno == EAGAIN) return 0;
  if (n <= 0) fail("the server closed a connection");
  c->got += n;
  c->answer[c->got] = 0;
  char *end = strstr(c->answer, "\r\n\r\n"), *length = strcasestr(c->answer, "content-length:");
  if (!end) return 0;
  size_t body = length && length < end ? strtoul(length + 15, NULL, 10) : 0;
  if (c->got < (size_t)(end - c->answer) + 4 + body) return 0;
  times[ok + other] = now() - c->began;
  if (c->answer[9] == '2') ok++; else other++;
  return 1;
}

int main(int argc, char **argv) {
  if (argc != 5) return 2;
  load(argv[2]);
  int connections = atoi(argv[3]), epoll = epoll_create1(0);
  double rate = atof(argv[4]);
  size_t turn = 0;
  times = calloc(count, sizeof *times);
  Connection *all = calloc(connections, sizeof *all);
  struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons(atoi(argv[1])), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  for (int i = 0, one = 1; i < connections; i++) {
    all[i].fd = socket(AF_INET, SOCK_STREAM, 0);
    if (connect(all[i].fd, (struct sockaddr *)&to, sizeof to)) fail("connect");
    setsockopt(all[i].fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    struct epoll_event e = {.events = EPOLLIN, .data.ptr = &all[i]};
    epoll_ctl(epoll, EPOLL_CTL_ADD, all[i].fd, &e);
  }
  double start = now();
  if (rate == 0)
    for (int i = 0; i < connections && next_one < count; i++) begin(&all[i]);
  while (ok + other < count) {
    struct epoll_event found[64];
    if (rate > 0)
      while (next_one < count && now() - start >= next_one / rate) {
        Connection *free_one = NULL;
        for (int i = 0; i < connections && !free_one; i++, turn++) /* in turn, so that none stays idle */
          if (!all[turn % connections].now) free_one = &all[turn % connections];
        if (!free_one) break;
        begin(free_one);
      }
    int n = epoll_wait(epoll, found, 64, rate > 0 ? 1 : 1000);
    for (int i = 0; i < n; i++) {
      Connection *c = found[i].data.ptr;
      if (!c->now) fail("an answer that nobody asked for");
      push(c);
      if (!pull(c)) continue;
      c->now = NULL;
      if (rate == 0 && next_one < count) begin(c);
    }
  }
  double took = now() - start;
  qsort(times, count, sizeof *times, by_time);
  printf("%zu %zu %.3f %.2f %.2f\n", ok, other, took, times[count / 2] * 1e3, times[count * 99 / 100] * 1e3);
  return 0;
}
