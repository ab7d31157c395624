/** The whole protocol in a world of its own: simulated machines, database, storage, lake and metadata store, in an order that a seed picks. */
@NullMarked
package io.tidemark.engine.simulation;

import org.jspecify.annotations.NullMarked;
