package io.tidemark.metastore.etcd;

import io.etcd.jetcd.ByteSequence;
import io.etcd.jetcd.Client;
import io.etcd.jetcd.KV;
import io.etcd.jetcd.KeyValue;
import io.etcd.jetcd.kv.GetResponse;
import io.etcd.jetcd.kv.TxnResponse;
import io.etcd.jetcd.op.Cmp;
import io.etcd.jetcd.op.CmpTarget;
import io.etcd.jetcd.op.Op;
import io.etcd.jetcd.options.DeleteOption;
import io.etcd.jetcd.options.GetOption;
import io.etcd.jetcd.options.OptionsUtil;
import io.etcd.jetcd.options.PutOption;
import io.tidemark.spi.metastore.Entry;
import io.tidemark.spi.metastore.EntryLimits;
import io.tidemark.spi.metastore.MetadataStore;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;

/**
 * Each entry is a key of etcd, below a prefix; each write one transaction. The version is the key's modification revision: revisions grow with every write
 * of the whole etcd, so none repeats. Reads are linearizable, as etcd's are by default, and a list shows all entries as of one revision. The largest value
 * fits into a request of etcd (1.5 MiB by default).
 *
 * <p>A write that had no answer is tried again, and must not take its own earlier attempt for that of another: a value starts with a line that holds the
 * token of the call that wrote it. Where that does not tell, because the entry is gone or was changed again meanwhile, the outcome is reported as unknown.
 *
 * <p>Source: etcd documentation, "etcd API", "KV API guarantees", "System limits".
 */
final class EtcdMetadataStore implements MetadataStore {
    /** Entries of one answer: together they stay under {@link #ANSWER_BYTES_MAX}, if all are of the largest size. */
    private static final int PAGE = 64;

    static final int ANSWER_BYTES_MAX = 80 << 20;

    private final EtcdCalls calls;
    private final String prefix;

    private EtcdMetadataStore(EtcdCalls calls, String prefix) {
        this.calls = calls;
        this.prefix = prefix;
    }

    /** Opens the store, which must answer. */
    static EtcdMetadataStore open(Supplier<Client> clients, String endpoints, String prefix) {
        EtcdMetadataStore store = new EtcdMetadataStore(new EtcdCalls(clients, endpoints), prefix);
        try {
            store.find("open", "");
            return store;
        } catch (RuntimeException e) {
            store.close();
            throw e;
        }
    }

    @Override
    public Optional<Entry> read(String key) {
        EntryLimits.checkKey(key);
        return find("read", key);
    }

    @Override
    public Optional<Entry> compareAndSet(String key, long expectedVersion, String value) {
        EntryLimits.checkKey(key);
        EntryLimits.checkValue(key, value);
        String token = UUID.randomUUID().toString();
        ByteSequence written = bytes(token + '\n' + value);
        return calls.call(
                "write",
                key,
                (kv, mayBeDone) -> commit(kv, key, expectedVersion, Op.put(at(key), written, PutOption.DEFAULT))
                        .thenApply(answer -> {
                            if (answer.isSucceeded()) {
                                return Optional.of(
                                        new Entry(key, answer.getHeader().getRevision(), value));
                            }
                            Optional<KeyValue> there =
                                    first(answer.getGetResponses().get(0));
                            if (there.isPresent() && token.equals(token(there.orElseThrow()))) {
                                return Optional.of(
                                        new Entry(key, there.orElseThrow().getModRevision(), value));
                            }
                            requireDecided(mayBeDone, "write", key);
                            return Optional.empty();
                        }));
    }

    @Override
    public List<Entry> list(String keyPrefix) {
        EntryLimits.checkPrefix(keyPrefix);
        ByteSequence end = OptionsUtil.prefixEndOf(at(keyPrefix));
        List<Entry> entries = new ArrayList<>();
        ByteSequence from = at(keyPrefix);
        long revision = 0;
        while (true) {
            ByteSequence start = from;
            GetOption page = GetOption.builder()
                    .withRange(end)
                    .withRevision(revision)
                    .withLimit(PAGE)
                    .build();
            GetResponse answer = calls.call("list", keyPrefix, (kv, mayBeDone) -> kv.get(start, page));
            answer.getKvs().forEach(found -> entries.add(entry(found)));
            if (!answer.isMore()) {
                return List.copyOf(entries);
            }
            revision = revision == 0 ? answer.getHeader().getRevision() : revision;
            from = at(entries.get(entries.size() - 1).key() + '\0');
        }
    }

    @Override
    public boolean delete(String key, long expectedVersion) {
        EntryLimits.checkKey(key);
        if (expectedVersion == Entry.ABSENT) {
            return false;
        }
        return calls.call(
                "delete",
                key,
                (kv, mayBeDone) -> commit(kv, key, expectedVersion, Op.delete(at(key), DeleteOption.DEFAULT))
                        .thenApply(answer -> {
                            if (!answer.isSucceeded()) {
                                requireDecided(mayBeDone, "delete", key);
                            }
                            return answer.isSucceeded();
                        }));
    }

    @Override
    public void close() {
        calls.close();
    }

    private Optional<Entry> find(String verb, String key) {
        return first(calls.call(verb, key, (kv, mayBeDone) -> kv.get(at(key)))).map(this::entry);
    }

    /** Does it if the key's modification revision is as expected, else reads the key. */
    private CompletableFuture<TxnResponse> commit(KV kv, String key, long expectedVersion, Op deed) {
        return kv.txn()
                .If(new Cmp(at(key), Cmp.Op.EQUAL, CmpTarget.modRevision(expectedVersion)))
                .Then(deed)
                .Else(Op.get(at(key), GetOption.DEFAULT))
                .commit();
    }

    /** A refusal after an attempt that may have been carried out can be due to that attempt. */
    private void requireDecided(boolean mayBeDone, String verb, String key) {
        if (mayBeDone) {
            throw calls.unavailable(
                    verb, key, new IllegalStateException("an answer was lost, and whether it was done is unknown"));
        }
    }

    private Entry entry(KeyValue found) {
        String text = found.getValue().toString(StandardCharsets.UTF_8);
        String key = found.getKey().toString(StandardCharsets.UTF_8).substring(prefix.length());
        return new Entry(key, found.getModRevision(), text.substring(text.indexOf('\n') + 1));
    }

    private static String token(KeyValue found) {
        String text = found.getValue().toString(StandardCharsets.UTF_8);
        return text.substring(0, Math.max(0, text.indexOf('\n')));
    }

    private static Optional<KeyValue> first(GetResponse answer) {
        return answer.getKvs().stream().findFirst();
    }

    private ByteSequence at(String key) {
        return bytes(prefix + key);
    }

    private static ByteSequence bytes(String text) {
        return ByteSequence.from(text, StandardCharsets.UTF_8);
    }
}
