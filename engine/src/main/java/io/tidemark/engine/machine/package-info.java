/** What a process gets from the machine that it runs on: clocks, threads and locks. */
@NullMarked
package io.tidemark.engine.machine;

import org.jspecify.annotations.NullMarked;
