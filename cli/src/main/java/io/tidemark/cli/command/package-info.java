/** The subcommands. */
@NullMarked
package io.tidemark.cli.command;

import org.jspecify.annotations.NullMarked;
