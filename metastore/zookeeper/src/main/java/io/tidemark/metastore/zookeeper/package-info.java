/** Metadata store on Apache ZooKeeper. */
@NullMarked
package io.tidemark.metastore.zookeeper;

import org.jspecify.annotations.NullMarked;
