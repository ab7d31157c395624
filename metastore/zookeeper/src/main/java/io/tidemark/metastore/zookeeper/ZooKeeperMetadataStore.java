package io.tidemark.metastore.zookeeper;

import io.tidemark.spi.error.TidemarkException;
import io.tidemark.spi.metastore.Entry;
import io.tidemark.spi.metastore.EntryLimits;
import io.tidemark.spi.metastore.MetadataStore;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.apache.zookeeper.KeeperException;
import org.apache.zookeeper.KeeperException.Code;
import org.apache.zookeeper.Op;
import org.apache.zookeeper.OpResult;
import org.apache.zookeeper.ZooKeeper;
import org.apache.zookeeper.data.Stat;

/**
 * Each entry is a node, see {@link NodePaths}; the version is the transaction that changed it last (mzxid). Transactions are numbered over the whole
 * ZooKeeper, so no version repeats. ZooKeeper itself compares another number, which starts again at 0 when a node is made again; so a write also compares the
 * version of the entry's folder, which every delete in it changes: a node whose number is as read, in a folder without deletes since, is the node that was
 * read. Reads are preceded by a sync in the same session, which makes them linearizable.
 *
 * <p>A request has 1 MiB at most by default ({@code jute.maxbuffer}), which a large value with its key does not keep to. What is larger than a node is to be lies
 * in parts, in nodes of their own that are written before the entry's node names them, and deleted in the transaction that changes it. Parts that a crash
 * left are deleted when a store is opened and they are old.
 *
 * <p>A write that had no answer is tried again, and must not take its own earlier attempt for that of another: nodes hold the token of the call that
 * wrote them. Where that does not tell, because the entry is gone or was changed again meanwhile, the outcome is reported as unknown.
 *
 * <p>Source: ZooKeeper Programmer's Guide, "Time in ZooKeeper", "Consistency Guarantees"; Administrator's Guide, "jute.maxbuffer".
 */
final class ZooKeeperMetadataStore implements MetadataStore {
    private static final int NODE_BYTES_MAX = 500_000;
    private static final int ANY_VERSION = -1;
    private static final byte[] NOTHING = {};

    private final ZooKeeperCalls calls;
    private final NodePaths paths;
    private final Nodes nodes;

    private ZooKeeperMetadataStore(ZooKeeperCalls calls, NodePaths paths, Nodes nodes) {
        this.calls = calls;
        this.paths = paths;
        this.nodes = nodes;
    }

    /** Opens the store, which must answer, and makes its nodes. */
    static ZooKeeperMetadataStore open(ZooKeeperCalls calls, String root, Nodes.Access access) {
        NodePaths paths = new NodePaths(root);
        ZooKeeperMetadataStore store = new ZooKeeperMetadataStore(calls, paths, new Nodes(paths, access));
        try {
            calls.call("open", "", (session, mayBeDone) -> {
                store.nodes.prepare(session);
                store.nodes.dropOldParts(session);
                return true;
            });
            return store;
        } catch (TidemarkException e) {
            store.close();
            throw e;
        }
    }

    @Override
    public Optional<Entry> read(String key) {
        EntryLimits.checkKey(key);
        return calls.call("read", key, (session, mayBeDone) -> nodes.read(session, key));
    }

    @Override
    public List<Entry> list(String prefix) {
        EntryLimits.checkPrefix(prefix);
        return calls.call("list", prefix, (session, mayBeDone) -> nodes.list(session, prefix));
    }

    @Override
    public Optional<Entry> compareAndSet(String key, long expectedVersion, String value) {
        EntryLimits.checkKey(key);
        EntryLimits.checkValue(key, value);
        String token = UUID.randomUUID().toString();
        byte[] bytes = value.getBytes(StandardCharsets.UTF_8);
        List<byte[]> pieces = bytes.length > NODE_BYTES_MAX ? EntryNode.split(bytes, NODE_BYTES_MAX) : List.of();
        List<String> parts = new ArrayList<>();
        for (int i = 0; i < pieces.size(); i++) {
            parts.add(token + '-' + i);
        }
        EntryNode wanted = new EntryNode(token, parts, parts.isEmpty() ? bytes : NOTHING);
        return calls.call("write", key, (session, mayBeDone) -> {
            for (int i = 0; i < parts.size(); i++) {
                nodes.createPart(session, parts.get(i), key, pieces.get(i));
            }
            Optional<Long> version = write(session, key, expectedVersion, wanted);
            if (version.isEmpty()) {
                nodes.deleteParts(session, parts);
                requireDecided(mayBeDone, "write", key);
            }
            return version.map(written -> new Entry(key, written, value));
        });
    }

    @Override
    public boolean delete(String key, long expectedVersion) {
        EntryLimits.checkKey(key);
        if (expectedVersion == Entry.ABSENT) {
            return false;
        }
        return calls.call("delete", key, (session, mayBeDone) -> {
            boolean isDeleted = drop(session, key, expectedVersion);
            if (!isDeleted) {
                requireDecided(mayBeDone, "delete", key);
            }
            return isDeleted;
        });
    }

    @Override
    public void close() {
        calls.close();
    }

    /** The new version, or empty when the expectation does not hold. */
    private Optional<Long> write(ZooKeeper session, String key, long expectedVersion, EntryNode wanted)
            throws KeeperException, InterruptedException {
        while (true) {
            Optional<Stat> folder = nodes.folder(session, key);
            Optional<Nodes.Found> found = nodes.find(session, key);
            long version = found.map(Nodes.Found::version).orElse(Entry.ABSENT);
            if (version != expectedVersion) {
                return found.filter(there -> there.node().token().equals(wanted.token()))
                        .map(Nodes.Found::version);
            }
            List<Op> all = new ArrayList<>();
            if (found.isPresent()) {
                all.add(Op.check(folderPath(key), folder.orElseThrow().getVersion()));
                all.add(Op.setData(
                        paths.entry(key),
                        wanted.bytes(),
                        found.orElseThrow().stat().getVersion()));
                found.orElseThrow().node().parts().forEach(part -> all.add(Op.delete(paths.part(part), ANY_VERSION)));
            } else {
                if (folder.isEmpty()) {
                    nodes.createFolder(session, key);
                }
                all.add(nodes.create(paths.entry(key)));
                // Its answer tells the transaction, which that of a create does not.
                all.add(Op.setData(paths.entry(key), wanted.bytes(), 0));
            }
            wanted.parts().forEach(part -> all.add(Op.check(paths.part(part), ANY_VERSION)));
            try {
                OpResult written = session.multi(all).get(1);
                return Optional.of(((OpResult.SetDataResult) written).getStat().getMzxid());
            } catch (KeeperException e) {
                requireChangedByAnother(e, key, wanted.parts(), session);
            }
        }
    }

    private boolean drop(ZooKeeper session, String key, long expectedVersion)
            throws KeeperException, InterruptedException {
        while (true) {
            Optional<Stat> folder = nodes.folder(session, key);
            Optional<Nodes.Found> found = nodes.find(session, key);
            if (found.isEmpty() || found.orElseThrow().version() != expectedVersion) {
                return false;
            }
            List<Op> all = new ArrayList<>();
            all.add(Op.setData(folderPath(key), NOTHING, folder.orElseThrow().getVersion()));
            all.add(Op.delete(paths.entry(key), found.orElseThrow().stat().getVersion()));
            found.orElseThrow().node().parts().forEach(part -> all.add(Op.delete(paths.part(part), ANY_VERSION)));
            try {
                session.multi(all);
                return true;
            } catch (KeeperException e) {
                requireChangedByAnother(e, key, List.of(), session);
            }
        }
    }

    /** Goes on only where looking again helps. */
    private void requireChangedByAnother(KeeperException e, String key, List<String> parts, ZooKeeper session)
            throws KeeperException, InterruptedException {
        boolean isChanged = e.code() == Code.BADVERSION || e.code() == Code.NODEEXISTS || e.code() == Code.NONODE;
        if (!isChanged) {
            throw e;
        }
        for (String part : parts) {
            if (session.exists(paths.part(part), false) == null) {
                throw calls.unavailable(
                        "write", key, new IllegalStateException("the call took so long that its parts were dropped"));
            }
        }
    }

    /** A refusal after an attempt that may have been carried out can be due to that attempt. */
    private void requireDecided(boolean mayBeDone, String verb, String key) {
        if (mayBeDone) {
            throw calls.unavailable(
                    verb, key, new IllegalStateException("an answer was lost, and whether it was done is unknown"));
        }
    }

    private String folderPath(String key) {
        return paths.folder(NodePaths.folderOf(key));
    }
}
