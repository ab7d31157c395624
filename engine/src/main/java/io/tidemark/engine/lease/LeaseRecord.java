package io.tidemark.engine.lease;

/**
 * A lease as stored.
 *
 * @param fence grows by one with every taking
 * @param holder who holds it; empty when it is free
 * @param beat grows with every renewal, so that a watcher sees a sign of life
 */
record LeaseRecord(long fence, String holder, long beat) {}
