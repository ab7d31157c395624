/** Servers of others that run in this process, with libraries of their own. */
@NullMarked
package io.tidemark.server;

import org.jspecify.annotations.NullMarked;
