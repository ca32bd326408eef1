// HTTP/1.1 with keep-alive, for upstreams that speak nothing newer. It trusts its callers: they are proxies on this machine.
#define _GNU_SOURCE
#include "answers.h"
#include <stdlib.h>
#include <string.h>
#include <strings.h>

static size_t body_size(const char *head, size_t size) {
  static const char name[] = "\r\ncontent-length:";
  for (size_t i = 0; i + sizeof name < size; i++)
    if (head[i] == '\r' && strncasecmp(head + i, name, sizeof name - 1) == 0) return strtoul(head + i + sizeof name - 1, 0, 10);
  return 0;
}

long h1_receive(buffer *out, const char *bytes, size_t size) {
  size_t used = 0;
  while (used < size) {
    const char *head = bytes + used;
    const char *end = memmem(head, size - used, "\r\n\r\n", 4);
    if (!end) break;
    size_t head_size = (size_t)(end - head) + 4;
    const char *space = memchr(head, ' ', head_size);
    const char *second = space ? memchr(space + 1, ' ', head_size - (size_t)(space + 1 - head)) : 0;
    if (!second) return -1;
    size_t whole = head_size + body_size(head, head_size);
    if (whole > size - used) break;
    reply r = answers_find(head, (size_t)(space - head), space + 1, (size_t)(second - space - 1));
    buffer_put(out, r.what->head, r.what->head_size);
    answers_copy(&r, buffer_room(out, r.what->size), r.what->size);
    used += whole;
  }
  return (long)used;
}
