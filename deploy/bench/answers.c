// The table of answers: read once, matched by method and path, copied out with the digits that each answer has to itself.
#define _GNU_SOURCE
#include "answers.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static answer table[64];
static int count;
static answer missing;
static unsigned long next_number = 10000000, running = 0;

static void fill(answer *a, const char *status, char *body, size_t size) {
  snprintf(a->status, sizeof a->status, "%s", status);
  a->body = body;
  a->size = size;
  snprintf(a->length, sizeof a->length, "%zu", size);
  a->head_size = (size_t)snprintf(
      a->head, sizeof a->head, "HTTP/1.1 %s Answer\r\ncontent-type: application/json\r\ncontent-length: %zu\r\n\r\n", status, size);
  for (size_t i = 0; i + DIGITS <= size && a->place_count < 12; i++) {
    if (memcmp(body + i, "@@@@@@@@", DIGITS) && memcmp(body + i, "########", DIGITS) && memcmp(body + i, "%%%%%%%%", DIGITS)) continue;
    a->places[a->place_count].at = i;
    a->places[a->place_count++].what = body[i];
    i += DIGITS - 1;
  }
}

// Lines are METHOD PATTERN STATUS FILE; the first that fits answers.
void answers_load(const char *path) {
  fill(&missing, "404", "{}", 2);
  FILE *file = fopen(path, "r");
  if (!file) { perror(path); exit(1); }
  char status[4], name[1024];
  while (count < 64 && fscanf(file, "%7s %127s %3s %1023s", table[count].method, table[count].pattern, status, name) == 4) {
    FILE *body = fopen(name, "r");
    if (!body) { perror(name); exit(1); }
    fseek(body, 0, SEEK_END);
    long size = ftell(body);
    rewind(body);
    char *bytes = malloc((size_t)size + 1);
    if (fread(bytes, 1, (size_t)size, body) != (size_t)size) { perror(name); exit(1); }
    fclose(body);
    fill(&table[count++], status, bytes, (size_t)size);
  }
  fclose(file);
}

// A pattern is a path with at most one '*', which stands for anything; answers where that begins, and its size.
static int fits(const char *pattern, const char *path, size_t size, const char **star, size_t *star_size) {
  const char *at = strchr(pattern, '*');
  size_t whole = strlen(pattern);
  if (!at) return whole == size && memcmp(pattern, path, size) == 0;
  size_t before = (size_t)(at - pattern), after = whole - before - 1;
  if (size < before + after || memcmp(pattern, path, before) || memcmp(at + 1, path + size - after, after)) return 0;
  *star = path + before;
  *star_size = size - before - after;
  return 1;
}

reply answers_find(const char *method, size_t method_size, const char *path, size_t path_size) {
  reply r = {.what = &missing};
  const char *star = 0;
  size_t star_size = 0;
  for (int i = 0; i < count; i++) {
    if (strlen(table[i].method) != method_size || memcmp(table[i].method, method, method_size)) continue;
    if (!fits(table[i].pattern, path, path_size, &star, &star_size)) continue;
    r.what = &table[i];
    break;
  }
  if (star_size >= DIGITS) memcpy(r.asked, star + star_size - DIGITS, DIGITS); else memset(r.asked, '0', DIGITS);
  char digits[24];
  for (int i = 0; i < r.what->place_count; i++) {
    if (r.what->places[i].what == '#') continue;
    int is_fresh = r.what->places[i].what == '@';
    snprintf(digits, sizeof digits, "%08lu", (is_fresh ? next_number++ : running++) % 100000000);
    memcpy(is_fresh ? r.fresh : r.running, digits, DIGITS);
    break;
  }
  return r;
}

void answers_copy(reply *r, uint8_t *to, size_t size) {
  const answer *a = r->what;
  memcpy(to, a->body + r->sent, size);
  for (int i = 0; i < a->place_count; i++) {
    const char *digits = a->places[i].what == '@' ? r->fresh : a->places[i].what == '%' ? r->running : r->asked;
    for (size_t k = 0; k < DIGITS; k++) {
      size_t at = a->places[i].at + k;
      if (at >= r->sent && at < r->sent + size) to[at - r->sent] = (uint8_t)digits[k];
    }
  }
  r->sent += size;
}

uint8_t *buffer_room(buffer *b, size_t size) {
  if (b->end + size > b->room) {
    b->room = (b->end + size) * 2;
    b->bytes = realloc(b->bytes, b->room);
    if (!b->bytes) abort();
  }
  b->end += size;
  return b->bytes + b->end - size;
}

void buffer_put(buffer *b, const void *bytes, size_t size) { memcpy(buffer_room(b, size), bytes, size); }
