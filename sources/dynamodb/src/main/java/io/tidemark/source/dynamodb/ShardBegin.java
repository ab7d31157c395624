package io.tidemark.source.dynamodb;

import io.tidemark.spi.source.StreamPartition;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.dynamodb.model.GetShardIteratorRequest;
import software.amazon.awssdk.services.dynamodb.model.Record;
import software.amazon.awssdk.services.dynamodb.model.ShardIteratorType;
import software.amazon.awssdk.services.dynamodb.model.TrimmedDataAccessException;

/**
 * Tells whether the begin of a shard of which nothing was read yet is still there. Reading from {@code TRIM_HORIZON} goes on behind what was trimmed
 * without a word, while a position that was trimmed is refused (API reference of DynamoDB Streams, GetShardIterator).
 */
final class ShardBegin {
    /** DynamoDB Streams have records for 24 hours. */
    static final Duration KEPT = Duration.ofHours(24);

    /** A shard is open for some four hours: older records next to one of this age may be gone. */
    private static final Duration SUSPICIOUS = Duration.ofHours(20);

    private static final Logger LOG = LoggerFactory.getLogger(ShardBegin.class);

    private ShardBegin() {}

    /**
     * For a shard of which events since some time are wanted.
     *
     * @param heard when nothing that was wanted had been missed: that time, or when the shard was read last
     */
    static void requireSince(Instant heard, Instant now) {
        if (heard.isBefore(now.minus(KEPT))) {
            throw trimmed("nothing was read since " + heard);
        }
    }

    /**
     * For a shard that is read from its beginning.
     *
     * @param first what came first
     * @throws TrimmedDataAccessException when something came before it and is gone
     */
    static void requireWhole(Clients clients, StreamPartition partition, List<Record> first, Instant now) {
        Instant oldest = first.isEmpty() ? null : first.get(0).dynamodb().approximateCreationDateTime();
        if (oldest == null || oldest.isAfter(now.minus(SUSPICIOUS))) {
            return;
        }
        String shardId = shardId(partition);
        clients.shards(partition.stream()).stream()
                .filter(shard -> shard.shardId().equals(shardId) && shard.sequenceNumberRange() != null)
                .forEach(shard -> requireThere(
                        clients, partition, shard.sequenceNumberRange().startingSequenceNumber()));
    }

    private static void requireThere(Clients clients, StreamPartition partition, String sequenceNumber) {
        GetShardIteratorRequest request = GetShardIteratorRequest.builder()
                .streamArn(partition.stream())
                .shardId(shardId(partition))
                .shardIteratorType(ShardIteratorType.AT_SEQUENCE_NUMBER)
                .sequenceNumber(sequenceNumber)
                .build();
        try {
            LOG.debug("the shard's begin is there answer={}", clients.streams().getShardIterator(request));
        } catch (TrimmedDataAccessException e) {
            throw e;
        } catch (SdkException e) {
            // Only a plain answer that it is gone counts: the records themselves could be read.
            LOG.debug("the shard's begin cannot be asked for", e);
        }
    }

    /** The shard's own id; that of the partition has its stream's name before it. */
    static String shardId(StreamPartition partition) {
        return partition.id().substring(partition.id().lastIndexOf('/') + 1);
    }

    private static TrimmedDataAccessException trimmed(String reason) {
        return TrimmedDataAccessException.builder().message(reason).build();
    }
}
