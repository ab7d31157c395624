package io.tidemark.source.dynamodb;

import io.tidemark.spi.error.ErrorCode;
import io.tidemark.spi.error.TidemarkException;
import io.tidemark.spi.schema.TableId;
import io.tidemark.spi.source.PartitionPosition;
import io.tidemark.spi.source.PartitionSink;
import io.tidemark.spi.source.PartitionedStream;
import io.tidemark.spi.source.SourceTable;
import io.tidemark.spi.source.StreamPartition;
import io.tidemark.spi.source.TypeChoices;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.dynamodb.model.ExpiredIteratorException;
import software.amazon.awssdk.services.dynamodb.model.GetRecordsResponse;
import software.amazon.awssdk.services.dynamodb.model.Record;
import software.amazon.awssdk.services.dynamodb.model.ResourceNotFoundException;
import software.amazon.awssdk.services.dynamodb.model.ShardIteratorType;
import software.amazon.awssdk.services.dynamodb.model.TrimmedDataAccessException;

/**
 * Shards of DynamoDB Streams. Each is asked for records by at most one call at a time, several shards side by side; what comes is handed on by the
 * thread that polls.
 *
 * <p>A shard of which an event is not taken yet is not asked: its last answer waits, of at most 1 MB.
 *
 * <p>An empty answer of a shard is taken for its end at that time: the API has nothing better to say.
 */
final class ShardStream implements PartitionedStream {
    private static final int THREADS = 16;

    /** A shard may be asked five times a second. */
    private static final Duration IDLE = Duration.ofMillis(220);

    private static final Duration FIRST_PAUSE = Duration.ofMillis(500);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(15);

    private final Clients clients;
    private final Map<TableId, TableEvents> tables = new HashMap<>();
    private final Map<String, Reading> readings = new HashMap<>();
    private final BlockingQueue<Answer> answers = new LinkedBlockingQueue<>();
    private final ExecutorService threads;

    ShardStream(Clients clients, List<SourceTable> tables, TypeChoices choices, @Nullable String document) {
        this.clients = clients;
        tables.forEach(table -> this.tables.put(table.id(), new TableEvents(new TableItems(table, choices, document))));
        this.threads = Executors.newFixedThreadPool(THREADS, task -> {
            Thread thread = new Thread(task, "dynamodb-shard");
            thread.setDaemon(true);
            return thread;
        });
    }

    @Override
    public void add(StreamPartition partition, PartitionPosition from) {
        readings.put(partition.id(), new Reading(partition, from));
    }

    @Override
    public void remove(String partition) {
        readings.remove(partition);
    }

    @Override
    public long poll(PartitionSink sink, Duration wait) {
        long events = 0;
        for (Reading reading : List.copyOf(readings.values())) {
            Answer waiting = reading.waiting;
            if (waiting != null) {
                events += hand(waiting, sink);
            }
        }
        Instant now = Instant.now();
        for (Reading reading : readings.values()) {
            if (!reading.asked && !reading.notBefore.isAfter(now)) {
                reading.asked = true;
                threads.execute(() -> answers.add(ask(reading)));
            }
        }
        try {
            Answer answer = answers.poll(events > 0 ? 0 : wait.toMillis(), TimeUnit.MILLISECONDS);
            while (answer != null) {
                events += take(answer, sink);
                answer = answers.poll();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return events;
    }

    private long take(Answer answer, PartitionSink sink) {
        Reading reading = answer.reading;
        String id = reading.partition.id();
        if (!reading.equals(readings.get(id))) {
            // It is not to be read any more, or was begun anew.
            return 0;
        }
        SdkException failure = answer.failure;
        if (failure != null) {
            reading.asked = false;
            failed(reading, failure, sink);
            return 0;
        }
        reading.pause = FIRST_PAUSE;
        reading.refused = false;
        return hand(answer, sink);
    }

    /** Hands on what is taken of an answer; the rest waits. */
    private long hand(Answer answer, PartitionSink sink) {
        Reading reading = answer.reading;
        String id = reading.partition.id();
        long events = 0;
        for (; reading.handed < answer.records.size(); reading.handed++) {
            Record row = answer.records.get(reading.handed);
            String sequence = row.dynamodb().sequenceNumber();
            Instant time = row.dynamodb().approximateCreationDateTime();
            long micros = time == null ? 0 : time.toEpochMilli() * 1_000;
            TableEvents table = tables.get(reading.partition.tables().get(0));
            if (table != null && reading.isWanted(row)) {
                if (!sink.takes(id, micros, answer.askedAt)) {
                    reading.waiting = answer;
                    return events;
                }
                table.take(row, sink);
                events++;
            }
            sink.event(id, sequence, micros);
            reading.position = PartitionPosition.after(sequence);
        }
        reading.handed = 0;
        reading.waiting = null;
        reading.asked = false;
        reading.iterator = answer.next;
        if (answer.next == null) {
            readings.remove(id);
            sink.ended(id);
        } else if (answer.records.isEmpty()) {
            sink.caughtUp(id, answer.askedAt);
            reading.notBefore = Instant.now().plus(IDLE);
        }
        return events;
    }

    private void failed(Reading reading, SdkException failure, PartitionSink sink) {
        String id = reading.partition.id();
        if (failure instanceof ExpiredIteratorException) {
            reading.iterator = null;
        } else if (failure instanceof TrimmedDataAccessException && !reading.refused) {
            // DynamoDB Local refuses an iterator of a shard that was empty as soon as it has its first record.
            reading.refused = true;
            reading.iterator = null;
        } else if (failure instanceof TrimmedDataAccessException || failure instanceof ResourceNotFoundException) {
            readings.remove(id);
            sink.lost(
                    id,
                    new TidemarkException(
                            ErrorCode.SOURCE_SLOT_LOST,
                            "DynamoDB no longer has changes that were not captured: it keeps them for 24 hours (shard="
                                    + id + ", position=" + reading.position + ")",
                            failure));
        } else {
            reading.iterator = null;
            reading.notBefore = Instant.now().plus(reading.pause);
            reading.pause = reading.pause.multipliedBy(2).compareTo(LONGEST_PAUSE) < 0
                    ? reading.pause.multipliedBy(2)
                    : LONGEST_PAUSE;
            sink.failed(id, Clients.error("read shard " + id, failure));
        }
    }

    private Answer ask(Reading reading) {
        Instant askedAt = Instant.now();
        try {
            PartitionPosition position = reading.position;
            if (position.kind() == PartitionPosition.Kind.SINCE) {
                ShardBegin.requireSince(reading.heardAt, askedAt);
            }
            String iterator = reading.iterator == null ? iterator(reading) : reading.iterator;
            GetRecordsResponse found = clients.streams().getRecords(request -> request.shardIterator(iterator));
            if (position.kind() == PartitionPosition.Kind.BEGINNING) {
                ShardBegin.requireWhole(clients, reading.partition, found.records(), askedAt);
            }
            reading.heardAt = askedAt;
            return new Answer(reading, askedAt, found.records(), found.nextShardIterator(), null);
        } catch (SdkException e) {
            return new Answer(reading, askedAt, List.of(), null, e);
        }
    }

    private String iterator(Reading reading) {
        boolean isAfter = reading.position.kind() == PartitionPosition.Kind.AFTER;
        return clients.streams()
                .getShardIterator(request -> request.streamArn(reading.partition.stream())
                        .shardId(ShardBegin.shardId(reading.partition))
                        .shardIteratorType(
                                isAfter ? ShardIteratorType.AFTER_SEQUENCE_NUMBER : ShardIteratorType.TRIM_HORIZON)
                        .sequenceNumber(isAfter ? reading.position.value() : null))
                .shardIterator();
    }

    @Override
    public void close() {
        threads.shutdownNow();
    }

    /** A shard that is read. Its fields are the polling thread's, except while it is asked. */
    private static final class Reading {
        /** Times of events are not exact; what comes twice does no harm. */
        private static final Duration MARGIN = Duration.ofMinutes(10);

        private final StreamPartition partition;
        private final Instant wantedFrom;
        private volatile PartitionPosition position;
        private volatile @Nullable String iterator;

        /** Until when nothing can have been missed of what is wanted since some time. */
        private volatile Instant heardAt;

        /** Whether it is asked, or was and not all of its answer is taken. */
        private boolean asked;

        /** Whether the iterator before was refused because what it stands at is gone. */
        private boolean refused;

        private @Nullable Answer waiting;

        /** How many records of its answer are taken. */
        private int handed;

        private Instant notBefore = Instant.EPOCH;
        private Duration pause = FIRST_PAUSE;

        Reading(StreamPartition partition, PartitionPosition from) {
            this.partition = partition;
            this.position = from;
            boolean isSince = from.kind() == PartitionPosition.Kind.SINCE;
            this.heardAt = isSince ? Instant.parse(from.value()) : Instant.EPOCH;
            this.wantedFrom = isSince ? heardAt.minus(MARGIN) : Instant.EPOCH;
        }

        boolean isWanted(Record row) {
            Instant time = row.dynamodb().approximateCreationDateTime();
            return time == null || !time.isBefore(wantedFrom);
        }
    }

    /** What a call brought: records and where to go on (null at the end of a closed shard), or a failure. */
    private record Answer(
            Reading reading,
            Instant askedAt,
            List<Record> records,
            @Nullable String next,
            @Nullable SdkException failure) {}
}
