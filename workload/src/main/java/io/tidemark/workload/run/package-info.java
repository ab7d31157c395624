/** What runs of every workload have in common: options, schedule, threads, counts, latencies and the texts that rows are made of. */
@NullMarked
package io.tidemark.workload.run;

import org.jspecify.annotations.NullMarked;
