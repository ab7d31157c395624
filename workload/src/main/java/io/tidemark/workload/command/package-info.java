/** The subcommands that need a database of their own or write into one: {@code tidemark demo} and {@code tidemark workload}. */
@NullMarked
package io.tidemark.workload.command;

import org.jspecify.annotations.NullMarked;
