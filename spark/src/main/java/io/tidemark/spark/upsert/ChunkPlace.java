package io.tidemark.spark.upsert;

import java.io.Serializable;

/**
 * Where a chunk of events goes and what it comes after: chunks of a bucket are in commit order when they are sorted.
 *
 * @param bucket task that takes the chunk
 * @param piece piece of the source that it is from
 * @param sequence its place among the chunks of both
 */
record ChunkPlace(int bucket, int piece, int sequence) implements Comparable<ChunkPlace>, Serializable {
    @Override
    public int compareTo(ChunkPlace other) {
        int byBucket = Integer.compare(bucket, other.bucket);
        int byPiece = byBucket != 0 ? byBucket : Integer.compare(piece, other.piece);
        return byPiece != 0 ? byPiece : Integer.compare(sequence, other.sequence);
    }
}
