package io.tidemark.metastore.etcd;

import io.etcd.jetcd.Client;
import io.etcd.jetcd.KV;
import io.grpc.Status;
import io.tidemark.spi.error.ErrorCode;
import io.tidemark.spi.error.TidemarkException;
import java.time.Duration;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Calls etcd, and calls again while it does not answer, for a bounded time. A client that had no answer is replaced: its own pauses between attempts to
 * connect grow to minutes.
 */
final class EtcdCalls implements AutoCloseable {
    /** A lease is to be taken over by others before a call that hangs is given up. */
    private static final Duration ATTEMPT = Duration.ofSeconds(5);

    private static final Duration CALL = Duration.ofSeconds(10);
    private static final int PAUSE_MILLIS = 200;

    /** What says nothing about whether the call was carried out, and may be over soon. */
    private static final Set<Status.Code> PASSING =
            Set.of(Status.Code.UNAVAILABLE, Status.Code.CANCELLED, Status.Code.DEADLINE_EXCEEDED, Status.Code.INTERNAL);

    private final Supplier<Client> clients;
    private final String endpoints;
    private final Object lock = new Object();
    private @Nullable Client client;
    private boolean isClosed;

    /** @param endpoints as errors name them */
    EtcdCalls(Supplier<Client> clients, String endpoints) {
        this.clients = clients;
        this.endpoints = endpoints;
    }

    /** One attempt at a call. */
    interface Attempt<T> {
        /** @param mayBeDone whether an earlier attempt had no answer, and may have been carried out */
        CompletableFuture<T> start(KV kv, boolean mayBeDone);
    }

    /** @throws TidemarkException {@code METASTORE_UNAVAILABLE} */
    <T> T call(String verb, String key, Attempt<T> attempt) {
        long start = System.nanoTime();
        boolean mayBeDone = false;
        while (true) {
            Client used = client(verb, key);
            Throwable reason;
            try {
                return attempt.start(used.getKVClient(), mayBeDone).get(ATTEMPT.toMillis(), TimeUnit.MILLISECONDS);
            } catch (TimeoutException e) {
                reason = new TimeoutException("no answer within " + ATTEMPT.toSeconds() + " seconds");
            } catch (ExecutionException e) {
                reason = Objects.requireNonNullElse(e.getCause(), e);
                if (reason instanceof TidemarkException failure) {
                    throw failure;
                }
                if (!PASSING.contains(Status.fromThrowable(reason).getCode())) {
                    throw unavailable(verb, key, reason);
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw unavailable(verb, key, e);
            }
            replace(used);
            mayBeDone = true;
            if (System.nanoTime() - start > CALL.toNanos()) {
                throw unavailable(verb, key, reason);
            }
            pause(verb, key);
        }
    }

    TidemarkException unavailable(String verb, String key, Throwable reason) {
        return new TidemarkException(
                ErrorCode.METASTORE_UNAVAILABLE,
                "Cannot " + verb + " the metadata store: "
                        + Objects.requireNonNullElse(
                                reason.getMessage(), reason.getClass().getSimpleName()) + " (key=" + key
                        + ", endpoints=" + endpoints + ")",
                reason);
    }

    private Client client(String verb, String key) {
        synchronized (lock) {
            if (isClosed) {
                throw unavailable(verb, key, new IllegalStateException("it is closed"));
            }
            Client current = client;
            if (current == null) {
                current = clients.get();
                client = current;
            }
            return current;
        }
    }

    private void replace(Client used) {
        synchronized (lock) {
            if (client == used) {
                client = null;
            }
        }
        used.close();
    }

    private void pause(String verb, String key) {
        try {
            Thread.sleep(ThreadLocalRandom.current().nextInt(PAUSE_MILLIS / 2, PAUSE_MILLIS));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw unavailable(verb, key, e);
        }
    }

    @Override
    public void close() {
        Client last;
        synchronized (lock) {
            isClosed = true;
            last = client;
            client = null;
        }
        if (last != null) {
            last.close();
        }
    }
}
