/** The installable product: the program entry that wires every plug-in into the command. */
@NullMarked
package io.tidemark.dist;

import org.jspecify.annotations.NullMarked;
