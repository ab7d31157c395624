package io.tidemark.spark.upsert;

import org.apache.spark.Partitioner;

/** Sends what has a bucket's number as its key, or is a chunk of the bucket, to the bucket's task. */
final class BucketPartitioner extends Partitioner {
    private static final long serialVersionUID = 1L;

    private final int buckets;

    BucketPartitioner(int buckets) {
        this.buckets = buckets;
    }

    @Override
    public int numPartitions() {
        return buckets;
    }

    @Override
    public int getPartition(Object key) {
        return key instanceof ChunkPlace place ? place.bucket() : (Integer) key;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof BucketPartitioner partitioner && partitioner.buckets == buckets;
    }

    @Override
    public int hashCode() {
        return buckets;
    }
}
