/** The {@code tidemark} command: the root command, what its subcommands share, and how further subcommands are added. */
@NullMarked
package io.tidemark.cli;

import org.jspecify.annotations.NullMarked;
