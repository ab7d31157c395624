/** The subcommands that play roles until they are told to stop. */
@NullMarked
package io.tidemark.cli.role;

import org.jspecify.annotations.NullMarked;
