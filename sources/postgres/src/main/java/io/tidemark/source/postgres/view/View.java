package io.tidemark.source.postgres.view;

import io.tidemark.source.postgres.connection.Connections;
import io.tidemark.source.postgres.connection.PostgresErrors;
import io.tidemark.spi.error.ErrorCode;
import io.tidemark.spi.error.TidemarkException;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A fixed number of sessions that see one snapshot, lent to one caller each; further callers wait. One more session only keeps the snapshot
 * exported, so that a session whose connection died is replaced. When no session is left the view is lost.
 */
public final class View implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(View.class);
    private static final Duration POLL = Duration.ofMillis(200);

    private final Connections connections;
    private final ViewSession keeper;
    private final String snapshot;
    private final BlockingQueue<ViewSession> idle = new LinkedBlockingQueue<>();
    private final Set<ViewSession> alive = ConcurrentHashMap.newKeySet();
    private final int readers;
    private volatile boolean isClosed;

    private View(Connections connections, ViewSession keeper, String snapshot, int readers) {
        this.connections = connections;
        this.keeper = keeper;
        this.snapshot = snapshot;
        this.readers = readers;
    }

    /**
     * Opens all sessions, so that whoever exported the snapshot is not needed afterwards.
     *
     * @param exported name of the exported snapshot
     * @param readers how many sessions to lend
     */
    public static View open(Connections connections, String exported, int readers) {
        List<ViewSession> opened = new ArrayList<>();
        try {
            ViewSession keeper = ViewSession.open(connections, exported);
            opened.add(keeper);
            String own = keeper.export();
            View view = new View(connections, keeper, own, readers);
            for (int i = 0; i < readers; i++) {
                ViewSession session = ViewSession.open(connections, own);
                opened.add(session);
                view.add(session);
            }
            return view;
        } catch (SQLException e) {
            opened.forEach(ViewSession::close);
            throw PostgresErrors.running("export snapshot", e);
        } catch (TidemarkException e) {
            opened.forEach(ViewSession::close);
            throw e;
        }
    }

    /** How many callers can read at the same time. */
    public int readers() {
        return readers;
    }

    /** The role that reads. */
    public String user() {
        return connections.user();
    }

    /** Runs the work in a session of its own. Locks that it takes are given back at its end. */
    public <T> T read(ViewWork<T> work) throws SQLException {
        ViewSession session = borrow();
        boolean isSound = false;
        try {
            T result = session.run(work);
            isSound = true;
            return result;
        } finally {
            giveBack(session, isSound || session.isAlive());
        }
    }

    /** Ends all sessions; work that still runs in one fails. */
    @Override
    public void close() {
        isClosed = true;
        for (ViewSession session = idle.poll(); session != null; session = idle.poll()) {
            alive.remove(session);
            session.close();
        }
        alive.forEach(ViewSession::abort);
        keeper.close();
    }

    private ViewSession borrow() {
        try {
            while (!isClosed && !alive.isEmpty()) {
                ViewSession session = idle.poll(POLL.toMillis(), TimeUnit.MILLISECONDS);
                if (session != null) {
                    return session;
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new TidemarkException(
                    ErrorCode.TIMEOUT, "Cannot read the snapshot: waiting for a reader was interrupted", e);
        }
        throw new TidemarkException(
                ErrorCode.SOURCE_CONNECTION_LOST,
                isClosed
                        ? "Cannot read the snapshot: it is closed"
                        : "Cannot read the snapshot: its connections were lost");
    }

    private void giveBack(ViewSession session, boolean isAlive) {
        if (isAlive && !isClosed) {
            idle.add(session);
        } else {
            session.close();
            replace();
            alive.remove(session);
        }
        if (isClosed) {
            close();
        }
    }

    private void replace() {
        if (!isClosed) {
            try {
                add(ViewSession.open(connections, snapshot));
                LOG.info("Snapshot reader replaced after its connection was lost");
                return;
            } catch (TidemarkException e) {
                LOG.warn("Snapshot reader lost and not replaced: reason={}", e.reason());
            }
        }
    }

    private void add(ViewSession session) {
        alive.add(session);
        idle.add(session);
    }
}
