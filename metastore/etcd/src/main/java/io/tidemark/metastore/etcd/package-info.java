/** Metadata store on etcd. */
@NullMarked
package io.tidemark.metastore.etcd;

import org.jspecify.annotations.NullMarked;
