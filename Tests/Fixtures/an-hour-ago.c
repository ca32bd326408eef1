#define _GNU_SOURCE
#include <time.h>
#include <unistd.h>
#include <sys/syscall.h>
/* Sets the clock of one process back by an hour: the clock that can be set, and no other. */
int clock_gettime(clockid_t clock, struct timespec *time) {
  int failed = (int)syscall(SYS_clock_gettime, clock, time);
  if (!failed && clock == CLOCK_REALTIME) time->tv_sec -= 3600;
  return failed;
}
