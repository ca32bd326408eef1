#ifndef CALLOCATIONS_H
#define CALLOCATIONS_H

/// How often this process has asked for memory since it began: malloc, calloc, realloc and their aligned relatives.
/// Only counted in a program that links this target, which stands in front of the C library's allocator.
unsigned long allocations_so_far(void);

#endif
