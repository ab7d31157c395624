package io.tidemark.source.postgres.catalog;

import io.tidemark.spi.schema.BeforeImage;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * How rows of a table are told apart in the change stream.
 *
 * @param key key columns; empty for none
 * @param beforeImage what updates and deletes log of the old row
 * @param notices what a user should know about it
 */
record ReplicaIdentity(List<String> key, BeforeImage beforeImage, List<String> notices) {
    /** From this version on, Postgres refuses updates of a published table whose full identity holds a generated column. */
    private static final int GENERATED_CHECKED_SINCE = 18;

    ReplicaIdentity {
        key = List.copyOf(key);
        notices = List.copyOf(notices);
    }

    /**
     * The identity of an ordinary table, or of one partition.
     *
     * @param generated names of its generated columns
     */
    static ReplicaIdentity of(Relation relation, List<IndexKey> indexes, Set<String> generated, int serverMajor) {
        Optional<List<String>> primary = usable(indexes, generated, IndexKey::isPrimary);
        return switch (relation.identity()) {
            case 'f' -> full(relation, primary, generated, serverMajor);
            case 'i' ->
                usable(indexes, generated, IndexKey::isReplicaIdentity)
                        .map(key -> new ReplicaIdentity(key, BeforeImage.KEY, List.of()))
                        .orElseGet(
                                () -> none("the index of its REPLICA IDENTITY is missing or cannot be used", relation));
            case 'n' -> none("its REPLICA IDENTITY is NOTHING", relation);
            default ->
                primary.map(key -> new ReplicaIdentity(key, BeforeImage.KEY, List.of()))
                        .orElseGet(() -> none(reasonOfNoKey(indexes), relation));
        };
    }

    /**
     * The identity of a partitioned table: what all its partitions agree on, since Postgres logs by the partition's own identity.
     *
     * @param whole the identity that its own indexes would give
     */
    static ReplicaIdentity ofPartitions(
            Relation root, ReplicaIdentity whole, List<Relation> leaves, List<ReplicaIdentity> parts) {
        List<String> notices = new ArrayList<>();
        notices.add(
                "partitioned: attaching, detaching, dropping or truncating a single partition that holds rows is not captured");
        if (leaves.isEmpty()) {
            notices.addAll(whole.notices());
            return new ReplicaIdentity(whole.key(), whole.beforeImage(), notices);
        }
        Set<List<String>> keys = new LinkedHashSet<>();
        boolean allFull = true;
        for (int i = 0; i < leaves.size(); i++) {
            if (parts.get(i).beforeImage() == BeforeImage.NONE) {
                notices.add("only inserts and truncates are captured, because of partition "
                        + leaves.get(i).id() + ": "
                        + String.join("; ", parts.get(i).notices()));
                return new ReplicaIdentity(List.of(), BeforeImage.NONE, notices);
            }
            keys.add(parts.get(i).key());
            allFull &= parts.get(i).beforeImage() == BeforeImage.FULL;
        }
        List<String> key = keys.iterator().next();
        if (keys.size() > 1 || (key.isEmpty() && !allFull)) {
            notices.add(
                    "only inserts and truncates are captured, because its partitions have different replica identities");
            return new ReplicaIdentity(List.of(), BeforeImage.NONE, notices);
        }
        if (key.isEmpty()) {
            notices.add("no primary key: a new partition of " + root.id().quoted()
                    + " needs REPLICA IDENTITY FULL before its rows are updated or deleted, or Postgres refuses that");
        }
        return new ReplicaIdentity(key, allFull ? BeforeImage.FULL : BeforeImage.KEY, notices);
    }

    private static ReplicaIdentity full(
            Relation relation, Optional<List<String>> primary, Set<String> generated, int serverMajor) {
        if (serverMajor >= GENERATED_CHECKED_SINCE && !generated.isEmpty()) {
            return none(
                    "Postgres " + serverMajor
                            + " cannot publish updates with REPLICA IDENTITY FULL and generated columns",
                    relation);
        }
        List<String> notices = primary.isPresent()
                ? List.of()
                : List.of("no primary key: rows are told apart by all their columns, which makes updates slower");
        return new ReplicaIdentity(primary.orElse(List.of()), BeforeImage.FULL, notices);
    }

    private static ReplicaIdentity none(String reason, Relation relation) {
        return new ReplicaIdentity(
                List.of(),
                BeforeImage.NONE,
                List.of(reason
                        + ": only inserts and truncates are captured, until there is a primary key or ALTER TABLE "
                        + relation.id().quoted() + " REPLICA IDENTITY FULL"));
    }

    private static String reasonOfNoKey(List<IndexKey> indexes) {
        return indexes.stream().anyMatch(IndexKey::isPrimary)
                ? "its primary key is deferrable, not valid or generated"
                : "no primary key";
    }

    private static Optional<List<String>> usable(
            List<IndexKey> indexes, Set<String> generated, java.util.function.Predicate<IndexKey> which) {
        return indexes.stream()
                .filter(which)
                .filter(index -> index.isUsable() && index.columns().stream().noneMatch(generated::contains))
                .map(IndexKey::columns)
                .findFirst();
    }
}
