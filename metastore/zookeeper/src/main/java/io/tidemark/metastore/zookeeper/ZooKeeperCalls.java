package io.tidemark.metastore.zookeeper;

import io.tidemark.spi.error.ErrorCode;
import io.tidemark.spi.error.TidemarkException;
import java.io.IOException;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import org.apache.zookeeper.KeeperException;
import org.apache.zookeeper.Watcher;
import org.apache.zookeeper.ZooKeeper;
import org.apache.zookeeper.client.ZKClientConfig;
import org.apache.zookeeper.common.ZKConfig;
import org.jspecify.annotations.Nullable;

/**
 * Calls ZooKeeper through one session, and calls again while the connection is lost, for a bounded time. Nothing of the store hangs on a session: one that
 * has expired is replaced by a new one.
 */
final class ZooKeeperCalls implements AutoCloseable {
    private static final Duration CALL = Duration.ofSeconds(10);
    private static final int CONNECT_MILLIS = 5000;
    private static final int SESSION_MILLIS = 15_000;
    private static final int PAUSE_MILLIS = 200;

    /** An answer that does not come for this long ends the connection. */
    private static final String ANSWER_MILLIS = "5000";

    /** Of one answer: names of the nodes of a folder are the largest. */
    private static final String ANSWER_BYTES_MAX = Integer.toString(64 << 20);

    private final String servers;
    private final byte @Nullable [] login;
    private final Object lock = new Object();
    private @Nullable ZooKeeper session;
    private boolean isClosed;

    /**
     * @param servers {@code host:port} with commas between them
     * @param login {@code user:password} for the scheme digest
     */
    ZooKeeperCalls(String servers, byte @Nullable [] login) {
        this.servers = servers;
        this.login = login;
    }

    /** One attempt at a call. */
    interface Attempt<T> {
        /** @param mayBeDone whether an earlier attempt had no answer, and may have been carried out */
        T run(ZooKeeper session, boolean mayBeDone) throws KeeperException, InterruptedException;
    }

    /** @throws TidemarkException {@code METASTORE_UNAVAILABLE} */
    <T> T call(String verb, String key, Attempt<T> attempt) {
        long giveUpNanos = System.nanoTime() + CALL.toNanos();
        boolean mayBeDone = false;
        while (true) {
            try {
                ZooKeeper used = session(verb, key, giveUpNanos);
                try {
                    return attempt.run(used, mayBeDone);
                } catch (KeeperException e) {
                    if (!isPassing(e) || System.nanoTime() > giveUpNanos) {
                        throw unavailable(verb, key, e);
                    }
                    if (e.code() != KeeperException.Code.CONNECTIONLOSS) {
                        forget(used);
                    }
                }
                mayBeDone = true;
                Thread.sleep(ThreadLocalRandom.current().nextInt(PAUSE_MILLIS / 2, PAUSE_MILLIS));
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw unavailable(verb, key, e);
            }
        }
    }

    TidemarkException unavailable(String verb, String key, Throwable reason) {
        return new TidemarkException(
                ErrorCode.METASTORE_UNAVAILABLE,
                "Cannot " + verb + " the metadata store: "
                        + Objects.requireNonNullElse(
                                reason.getMessage(), reason.getClass().getSimpleName()) + " (key=" + key
                        + ", servers=" + servers + ")",
                reason);
    }

    private static boolean isPassing(KeeperException e) {
        return switch (e.code()) {
            case CONNECTIONLOSS, SESSIONEXPIRED, SESSIONMOVED, OPERATIONTIMEOUT, REQUESTTIMEOUT -> true;
            default -> false;
        };
    }

    /** A session that is connected. */
    private ZooKeeper session(String verb, String key, long giveUpNanos) throws InterruptedException {
        synchronized (lock) {
            if (isClosed) {
                throw unavailable(verb, key, new IllegalStateException("it is closed"));
            }
            ZooKeeper current = session;
            if (current == null || !current.getState().isAlive()) {
                closeQuietly(current);
                session = null;
                current = connect(verb, key, giveUpNanos);
                session = current;
            }
            return current;
        }
    }

    private ZooKeeper connect(String verb, String key, long giveUpNanos) throws InterruptedException {
        ZKClientConfig config = new ZKClientConfig();
        config.setProperty(ZKClientConfig.ZOOKEEPER_REQUEST_TIMEOUT, ANSWER_MILLIS);
        config.setProperty(ZKConfig.JUTE_MAXBUFFER, ANSWER_BYTES_MAX);
        CountDownLatch isConnected = new CountDownLatch(1);
        ZooKeeper made;
        try {
            made = new ZooKeeper(
                    servers,
                    SESSION_MILLIS,
                    event -> {
                        if (event.getState() == Watcher.Event.KeeperState.SyncConnected) {
                            isConnected.countDown();
                        }
                    },
                    config);
        } catch (IOException e) {
            throw unavailable(verb, key, e);
        }
        try {
            byte[] credentials = login;
            if (credentials != null) {
                made.addAuthInfo("digest", credentials);
            }
            long millis = Math.max(1, TimeUnit.NANOSECONDS.toMillis(giveUpNanos - System.nanoTime()));
            if (!isConnected.await(Math.min(millis, CONNECT_MILLIS), TimeUnit.MILLISECONDS)) {
                throw unavailable(verb, key, new IOException("no server answers"));
            }
            return made;
        } catch (InterruptedException | RuntimeException e) {
            closeQuietly(made);
            throw e;
        }
    }

    private void forget(ZooKeeper used) {
        synchronized (lock) {
            if (session == used) {
                session = null;
            }
        }
        closeQuietly(used);
    }

    private static void closeQuietly(@Nullable ZooKeeper used) {
        try {
            if (used != null) {
                used.close(1);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() {
        synchronized (lock) {
            isClosed = true;
            closeQuietly(session);
            session = null;
        }
    }
}
