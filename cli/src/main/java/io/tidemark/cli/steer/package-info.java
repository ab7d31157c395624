/** The subcommands that steer the life cycle of tables. */
@NullMarked
package io.tidemark.cli.steer;

import org.jspecify.annotations.NullMarked;
