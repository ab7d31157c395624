package io.tidemark.dist;

import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/** Puts, changes and deletes items of a table with the key {@code id} all the time, about a hundred times a second, until closed. */
final class SteadyWrites implements AutoCloseable {
    private static final int WRITERS = 2;
    private static final int KEYS = 400;
    private static final long PAUSE_MILLIS = 10;
    private static final Duration PATIENCE = Duration.ofMinutes(1);

    private final DynamoDbClient client;
    private final String table;
    private final AtomicLong written = new AtomicLong();
    private final List<CompletableFuture<Void>> writers;
    private volatile boolean stopped;

    SteadyWrites(DynamoDbClient client, String table, long seed) {
        this.client = client;
        this.table = table;
        this.writers = IntStream.range(0, WRITERS)
                .mapToObj(writer -> CompletableFuture.runAsync(() -> write(new Random(seed * WRITERS + writer))))
                .toList();
    }

    /** Waits until this many more writes were acknowledged. */
    void awaitMore(long count) {
        long wanted = written.get() + count;
        await().atMost(PATIENCE).pollInterval(Duration.ofMillis(PAUSE_MILLIS)).until(() -> {
            writers.stream().filter(CompletableFuture::isCompletedExceptionally).forEach(CompletableFuture::join);
            return written.get() >= wanted;
        });
    }

    private void write(Random random) {
        try {
            while (!stopped) {
                writeOne(random);
                written.incrementAndGet();
                Thread.sleep(PAUSE_MILLIS);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void writeOne(Random random) {
        AttributeValue id = AttributeValue.fromS("order-" + random.nextInt(KEYS));
        if (random.nextInt(10) == 0) {
            client.deleteItem(request -> request.tableName(table).key(Map.of("id", id)));
        } else {
            AttributeValue n = AttributeValue.fromN(Long.toString(written.get()));
            client.putItem(request -> request.tableName(table).item(Map.of("id", id, "n", n)));
        }
    }

    @Override
    public void close() {
        stopped = true;
        writers.forEach(CompletableFuture::join);
    }
}
