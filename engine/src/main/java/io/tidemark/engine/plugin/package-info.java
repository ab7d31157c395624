/** Finds plug-ins by their type. */
@NullMarked
package io.tidemark.engine.plugin;

import org.jspecify.annotations.NullMarked;
