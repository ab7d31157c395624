/** Servers that run in this process with libraries of their own. */
@NullMarked
package io.tidemark.testkit.server;

import org.jspecify.annotations.NullMarked;
