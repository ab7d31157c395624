package io.tidemark.engine.simulation;

import io.tidemark.engine.compare.LibraryReading;
import io.tidemark.spi.change.ChangeBatch;
import io.tidemark.spi.change.Position;
import io.tidemark.spi.error.ErrorCode;
import io.tidemark.spi.error.TidemarkException;
import io.tidemark.spi.schema.TableId;
import io.tidemark.spi.source.ChangeStream;
import io.tidemark.spi.source.Finding;
import io.tidemark.spi.source.LogSource;
import io.tidemark.spi.source.SnapshotChunk;
import io.tidemark.spi.source.SnapshotCut;
import io.tidemark.spi.source.SourceIdentity;
import io.tidemark.spi.source.SourceStatus;
import io.tidemark.spi.source.SourceTable;
import io.tidemark.spi.source.TableScope;
import io.tidemark.spi.source.UndecodableRow;
import io.tidemark.spi.verify.TableReading;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** The database as a process sees it. */
final class SimulatedSource implements LogSource {
    private static final int CHUNKS = 3;

    private final World world;
    private final Database database;

    SimulatedSource(World world) {
        this.world = world;
        this.database = world.database();
    }

    @Override
    public String description() {
        return "simulated";
    }

    @Override
    public List<Finding> check(List<TableId> tables, Map<TableId, TableScope> scopes) {
        return List.of();
    }

    @Override
    public List<SourceTable> tables() {
        return world.read(
                "list tables",
                ErrorCode.SOURCE_UNREACHABLE,
                () -> database.tables().stream()
                        .map(table -> new SourceTable(table.schema(), -1, -1, List.of()))
                        .toList());
    }

    @Override
    public Map<TableId, TidemarkException> problems(List<SourceTable> tables) {
        return Map.of();
    }

    @Override
    public void prepare(List<SourceTable> tables, Optional<String> resumeToken) {
        world.write("prepare source", ErrorCode.SOURCE_UNREACHABLE, () -> {
            resumeToken.ifPresent(this::requireKept);
            database.makeSlot();
            return true;
        });
    }

    private void requireKept(String token) {
        if (!database.hasSlot() || database.confirmed() > Long.parseLong(token)) {
            throw new TidemarkException(
                    ErrorCode.SOURCE_SLOT_LOST,
                    "Cannot go on: the slot is past the pipeline (confirmed=" + database.confirmed() + ", pipeline="
                            + token + ")");
        }
    }

    @Override
    public ChangeStream openStream(Optional<String> resumeToken, List<SourceTable> schemas) {
        return world.read("open stream", ErrorCode.SOURCE_CONNECTION_LOST, () -> {
            Optional<SimulatedStream> active = database.stream().filter(stream -> !stream.isAbandoned());
            if (active.isPresent()) {
                if (!active.orElseThrow().isSilent() || world.random().nextBoolean()) {
                    throw new TidemarkException(ErrorCode.SOURCE_SLOT_IN_USE, "Cannot open the stream: it is in use");
                }
                active.orElseThrow().terminate();
            }
            resumeToken.ifPresent(this::requireKept);
            long from = resumeToken.map(Long::parseLong).orElse(database.confirmed());
            SimulatedStream stream = new SimulatedStream(world, from, schemas);
            database.setStream(stream);
            world.trace("stream opened from " + from);
            return stream;
        });
    }

    @Override
    public SnapshotCut openCut(int readers, Duration timeout) {
        return world.read("open cut", ErrorCode.SOURCE_CONNECTION_LOST, () -> {
            Position cutoff = database.cutoff();
            long sees = cutoff.value() - 1;
            if (world.has(Bug.CUT_LACKS_ONE)) {
                Long before = database.log().lowerKey(database.newest());
                sees = before == null ? sees : before;
            }
            world.trace("cut at " + cutoff);
            return new Cut(cutoff, sees);
        });
    }

    @Override
    public Position mark(String content) {
        return world.write("mark " + content, ErrorCode.SOURCE_CONNECTION_LOST, () -> database.mark(content));
    }

    @Override
    public SourceStatus status() {
        return new SourceStatus(
                new Position(database.newest()), new Position(database.confirmed()), 0, database.hasSlot(), true);
    }

    @Override
    public SourceIdentity identity() {
        return world.read(
                "identity", ErrorCode.SOURCE_UNREACHABLE, () -> new SourceIdentity("simulated", World.PIPELINE, 1));
    }

    @Override
    public void require(Optional<SourceIdentity> known) {
        // There is no other database.
    }

    @Override
    public Optional<String> follow(SourceIdentity known, Position sealed, Optional<String> resumeToken) {
        throw new UnsupportedOperationException();
    }

    @Override
    public void checkChangesAfter(String resumeToken) {
        world.read("look for changes", ErrorCode.SOURCE_UNREACHABLE, () -> {
            requireKept(resumeToken);
            return true;
        });
    }

    @Override
    public void beginAfter(Position sealed) {
        throw new UnsupportedOperationException();
    }

    @Override
    public void giveUpLog() {
        throw new UnsupportedOperationException();
    }

    @Override
    public void remove() {
        throw new UnsupportedOperationException();
    }

    @Override
    public void close() {
        // Nothing is kept open.
    }

    /** A view of the database; it can be lost at any time. */
    private final class Cut implements SnapshotCut {
        private final Position cutoff;
        private final long sees;
        private boolean lost;

        private Cut(Position cutoff, long sees) {
            this.cutoff = cutoff;
            this.sees = sees;
        }

        private long sees() {
            Long next = database.log().higherKey(sees);
            return world.has(Bug.CUT_HOLDS_ONE_MORE) && next != null ? next : sees;
        }

        @Override
        public Position cutoff() {
            return cutoff;
        }

        @Override
        public List<SnapshotChunk> plan(SourceTable table, long chunkBytes) {
            List<SnapshotChunk> chunks = new ArrayList<>();
            for (int i = 0; i < CHUNKS; i++) {
                chunks.add(new SnapshotChunk(table.id(), i, table.id(), Integer.toString(i), -1));
            }
            return chunks;
        }

        @Override
        public long read(
                SnapshotChunk chunk,
                SourceTable table,
                Consumer<ChangeBatch> consumer,
                Consumer<UndecodableRow> undecodable) {
            return read(
                    table.id(),
                    consumer,
                    row -> Math.floorMod(String.valueOf(row.get(0)).hashCode(), CHUNKS) == chunk.ordinal());
        }

        @Override
        public long readKeys(
                SourceTable table,
                List<List<String>> keys,
                Consumer<ChangeBatch> consumer,
                Consumer<UndecodableRow> undecodable) {
            return read(
                    table.id(),
                    consumer,
                    row -> keys.stream().anyMatch(key -> key.get(0).equals(row.get(0))));
        }

        private long read(TableId table, Consumer<ChangeBatch> consumer, Predicate<List<@Nullable String>> wanted) {
            if (lost || world.happens(3)) {
                lost = true;
                throw new TidemarkException(ErrorCode.SOURCE_CONNECTION_LOST, "Cannot read: the view is lost");
            }
            Rows rows = world.read(
                    "read rows of " + table,
                    ErrorCode.SOURCE_CONNECTION_LOST,
                    () -> database.table(table).at(sees()));
            rows.read(wanted, cutoff.value(), consumer);
            return rows.all().stream().filter(wanted).count();
        }

        @Override
        public TableReading reading(SourceTable table) {
            return new LibraryReading(
                    table.schema(),
                    consumer -> database.table(table.id()).at(sees()).read(row -> true, cutoff.value(), consumer));
        }

        @Override
        public void close() {
            lost = true;
        }
    }
}
