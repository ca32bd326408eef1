// Counts allocations of a process that is started with this in LD_PRELOAD. The count stands in the first eight bytes of the
// file that ALLOCATION_COUNT names, so it can be read at any time from outside; it counts calls, not bytes. The work is done by
// whichever allocator comes next: libc's, or one that the program brings as a library.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

static atomic_ulong before;
static atomic_ulong *count = &before;

static void *(*next_malloc)(size_t), *(*next_calloc)(size_t, size_t), *(*next_realloc)(void *, size_t);
static void *(*next_aligned_alloc)(size_t, size_t), *(*next_memalign)(size_t, size_t);
static int (*next_posix_memalign)(void **, size_t, size_t);
static void (*next_free)(void *);

// dlsym itself may want memory before it has found who gives it: that comes from here and is never given back.
static char early[1 << 16] __attribute__((aligned(16)));
static size_t early_used;
static int looking;

static int is_early(const void *at) { return (const char *)at >= early && (const char *)at < early + sizeof early; }

static void *take_early(size_t size) {
  size_t at = early_used;
  early_used += (size + 15) & ~(size_t)15;
  return early_used <= sizeof early ? early + at : NULL;
}

// Answers 0 while the others are being looked for.
static int ready(void) {
  if (next_free) return 1;
  if (looking) return 0;
  looking = 1;
  *(void **)&next_malloc = dlsym(RTLD_NEXT, "malloc");
  *(void **)&next_calloc = dlsym(RTLD_NEXT, "calloc");
  *(void **)&next_realloc = dlsym(RTLD_NEXT, "realloc");
  *(void **)&next_aligned_alloc = dlsym(RTLD_NEXT, "aligned_alloc");
  *(void **)&next_memalign = dlsym(RTLD_NEXT, "memalign");
  *(void **)&next_posix_memalign = dlsym(RTLD_NEXT, "posix_memalign");
  *(void **)&next_free = dlsym(RTLD_NEXT, "free");
  return 1;
}

static inline void note(void) { atomic_fetch_add_explicit(count, 1, memory_order_relaxed); }

void *malloc(size_t size) {
  note();
  return ready() ? next_malloc(size) : take_early(size);
}

void *calloc(size_t number, size_t size) {
  note();
  return ready() ? next_calloc(number, size) : take_early(number * size);
}

void *realloc(void *old, size_t size) {
  note();
  if (!ready()) return take_early(size);
  if (!is_early(old)) return next_realloc(old, size);
  void *new = next_malloc(size);
  size_t there = (size_t)(early + sizeof early - (char *)old);
  if (new) memcpy(new, old, size < there ? size : there);
  return new;
}

void free(void *at) {
  if (at && !is_early(at) && ready()) next_free(at);
}

void *aligned_alloc(size_t align, size_t size) { note(); return ready() ? next_aligned_alloc(align, size) : NULL; }
void *memalign(size_t align, size_t size) { note(); return ready() ? next_memalign(align, size) : NULL; }
int posix_memalign(void **to, size_t align, size_t size) { note(); return ready() ? next_posix_memalign(to, align, size) : ENOMEM; }

__attribute__((constructor)) static void open_count(void) {
  const char *path = getenv("ALLOCATION_COUNT");
  if (!path) return;
  int file = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (file < 0 || ftruncate(file, sizeof *count)) return;
  void *mapped = mmap(0, sizeof *count, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
  close(file);
  if (mapped != MAP_FAILED) count = mapped;
}
