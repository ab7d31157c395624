/** Leases with fencing tokens: at most one holder, and a number that tells an old holder from a new one. */
@NullMarked
package io.tidemark.engine.lease;

import org.jspecify.annotations.NullMarked;
