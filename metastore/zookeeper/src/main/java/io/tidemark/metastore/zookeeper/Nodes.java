package io.tidemark.metastore.zookeeper;

import io.tidemark.spi.metastore.Entry;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import org.apache.zookeeper.CreateMode;
import org.apache.zookeeper.KeeperException;
import org.apache.zookeeper.Op;
import org.apache.zookeeper.ZooDefs;
import org.apache.zookeeper.ZooKeeper;
import org.apache.zookeeper.data.ACL;
import org.apache.zookeeper.data.Stat;

/** Reads and makes the nodes of entries. */
final class Nodes {
    /** Nodes whose data is asked for at the same time: half a megabyte each at most. */
    private static final int PAGE = 64;

    /** No call takes that long, so parts of that age belong to an entry or to none. */
    private static final Duration PART_AGE = Duration.ofHours(1);

    private static final byte[] NOTHING = {};

    private final NodePaths paths;
    private final List<ACL> acl;

    /** Who may read and change the nodes that are made. */
    enum Access {
        EVERYBODY,
        LOGGED_IN
    }

    /** A node of an entry as it was read. */
    record Found(EntryNode node, Stat stat) {
        long version() {
            return stat.getMzxid();
        }
    }

    Nodes(NodePaths paths, Access access) {
        this.paths = paths;
        this.acl = access == Access.LOGGED_IN ? ZooDefs.Ids.CREATOR_ALL_ACL : ZooDefs.Ids.OPEN_ACL_UNSAFE;
    }

    /** Makes the nodes that every store has, and those above them. */
    void prepare(ZooKeeper session) throws KeeperException, InterruptedException {
        for (int end = paths.root().indexOf('/', 1); end > 0; end = paths.root().indexOf('/', end + 1)) {
            createIfMissing(session, paths.root().substring(0, end), NOTHING);
        }
        createIfMissing(session, paths.root(), NOTHING);
        createIfMissing(session, paths.entries(), NOTHING);
        createIfMissing(session, paths.parts(), NOTHING);
    }

    Optional<Entry> read(ZooKeeper session, String key) throws KeeperException, InterruptedException {
        Optional<Found> found = find(session, key);
        while (found.isPresent()) {
            Optional<Entry> whole = join(session, key, found.orElseThrow());
            if (whole.isPresent()) {
                return whole;
            }
            long before = found.orElseThrow().version();
            found = find(session, key);
            if (found.isPresent() && found.orElseThrow().version() == before) {
                throw new IllegalStateException(
                        "Cannot read a metadata entry: part of its value is missing (key=" + key + ")");
            }
        }
        return Optional.empty();
    }

    /** Entries whose key starts with the prefix, in order. */
    List<Entry> list(ZooKeeper session, String prefix) throws KeeperException, InterruptedException {
        sync(session);
        List<String> keys = new ArrayList<>();
        for (String folderName : session.getChildren(paths.entries(), false)) {
            String folder = NodePaths.unescape(folderName);
            if (folder.startsWith(prefix) || prefix.startsWith(folder)) {
                session.getChildren(paths.folder(folder), false).stream()
                        .map(name -> folder + NodePaths.unescape(name))
                        .filter(key -> key.startsWith(prefix))
                        .forEach(keys::add);
            }
        }
        keys.sort(Comparator.naturalOrder());
        List<Entry> entries = new ArrayList<>();
        for (int start = 0; start < keys.size(); start += PAGE) {
            List<String> page = keys.subList(start, Math.min(keys.size(), start + PAGE));
            List<CompletableFuture<Optional<Found>>> asked =
                    page.stream().map(key -> ask(session, key)).toList();
            for (int i = 0; i < page.size(); i++) {
                Optional<Found> found = answer(asked.get(i));
                if (found.isPresent()) {
                    Optional<Entry> whole = join(session, page.get(i), found.orElseThrow());
                    (whole.isPresent() ? whole : read(session, page.get(i))).ifPresent(entries::add);
                }
            }
        }
        return List.copyOf(entries);
    }

    /** The node of an entry, as it is now. */
    Optional<Found> find(ZooKeeper session, String key) throws KeeperException, InterruptedException {
        sync(session);
        return answer(ask(session, key));
    }

    /** State of an entry's folder, as it is now. */
    Optional<Stat> folder(ZooKeeper session, String key) throws KeeperException, InterruptedException {
        sync(session);
        return Optional.ofNullable(session.exists(paths.folder(NodePaths.folderOf(key)), false));
    }

    void createFolder(ZooKeeper session, String key) throws KeeperException, InterruptedException {
        createIfMissing(session, paths.folder(NodePaths.folderOf(key)), NOTHING);
    }

    Op create(String path) {
        return Op.create(path, NOTHING, acl, CreateMode.PERSISTENT);
    }

    /** A part starts with a line that names the entry. */
    void createPart(ZooKeeper session, String name, String key, byte[] piece)
            throws KeeperException, InterruptedException {
        ByteArrayOutputStream data = new ByteArrayOutputStream(key.length() + 1 + piece.length);
        data.writeBytes((key + '\n').getBytes(StandardCharsets.US_ASCII));
        data.writeBytes(piece);
        createIfMissing(session, paths.part(name), data.toByteArray());
    }

    void deleteParts(ZooKeeper session, List<String> names) throws KeeperException, InterruptedException {
        for (String name : names) {
            try {
                session.delete(paths.part(name), -1);
            } catch (KeeperException.NoNodeException e) {
                // An earlier attempt has deleted it.
            }
        }
    }

    /** Deletes parts that a crash has left. A call that still wants one of them finds that it is gone. */
    void dropOldParts(ZooKeeper session) throws KeeperException, InterruptedException {
        for (String name : session.getChildren(paths.parts(), false)) {
            Stat stat = new Stat();
            byte[] data;
            try {
                data = session.getData(paths.part(name), false, stat);
            } catch (KeeperException.NoNodeException e) {
                continue;
            }
            if (System.currentTimeMillis() - stat.getCtime() > PART_AGE.toMillis()) {
                String key = new String(data, 0, lineEnd(data), StandardCharsets.US_ASCII);
                boolean isUsed = find(session, key)
                        .filter(found -> found.node().parts().contains(name))
                        .isPresent();
                if (!isUsed) {
                    deleteParts(session, List.of(name));
                }
            }
        }
    }

    /** The entry; empty when a part is gone, because the entry was changed meanwhile. */
    private Optional<Entry> join(ZooKeeper session, String key, Found found)
            throws KeeperException, InterruptedException {
        ByteArrayOutputStream value = new ByteArrayOutputStream();
        value.writeBytes(found.node().value());
        for (String part : found.node().parts()) {
            try {
                byte[] data = session.getData(paths.part(part), false, null);
                int start = lineEnd(data) + 1;
                value.write(data, start, data.length - start);
            } catch (KeeperException.NoNodeException e) {
                return Optional.empty();
            }
        }
        return Optional.of(new Entry(key, found.version(), value.toString(StandardCharsets.UTF_8)));
    }

    private static int lineEnd(byte[] data) {
        int end = 0;
        while (data[end] != '\n') {
            end++;
        }
        return end;
    }

    private void createIfMissing(ZooKeeper session, String path, byte[] data)
            throws KeeperException, InterruptedException {
        if (session.exists(path, false) != null) {
            return;
        }
        try {
            session.create(path, data, acl, CreateMode.PERSISTENT);
        } catch (KeeperException.NodeExistsException e) {
            // Another process was faster.
        }
    }

    private CompletableFuture<Optional<Found>> ask(ZooKeeper session, String key) {
        CompletableFuture<Optional<Found>> answer = new CompletableFuture<>();
        String path = paths.entry(key);
        session.getData(
                path,
                false,
                (code, ignoredPath, ignoredContext, data, stat) -> {
                    switch (KeeperException.Code.get(code)) {
                        case OK -> answer.completeAsync(() -> Optional.of(new Found(EntryNode.parse(data), stat)));
                        case NONODE -> answer.complete(Optional.empty());
                        default ->
                            answer.completeExceptionally(KeeperException.create(KeeperException.Code.get(code), path));
                    }
                },
                null);
        return answer;
    }

    private static <T> T answer(CompletableFuture<T> asked) throws KeeperException, InterruptedException {
        try {
            return asked.get();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof KeeperException refused) {
                throw refused;
            }
            throw new IllegalStateException(e.getCause());
        }
    }

    /** What this session reads behind it is not older than this moment: a session's requests are carried out in order. */
    private void sync(ZooKeeper session) {
        session.sync(paths.root(), (code, path, context) -> {}, null);
    }
}
