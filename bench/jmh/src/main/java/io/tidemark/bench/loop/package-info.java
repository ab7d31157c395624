/** Inner loops on rows like the bank's, measured by JMH; those of classes that are not public stand in the packages of these. */
@NullMarked
package io.tidemark.bench.loop;

import org.jspecify.annotations.NullMarked;
