/** Table life cycle: states, checked transitions, and the commands that change them. */
@NullMarked
package io.tidemark.engine.table;

import org.jspecify.annotations.NullMarked;
