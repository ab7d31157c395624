/** The subcommands that set a pipeline up, look at it and prove it; and what subcommands have in common. */
@NullMarked
package io.tidemark.cli.command;

import org.jspecify.annotations.NullMarked;
