package io.tidemark.query;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A node of DuckDB's syntax tree in its JSON form ({@code json_serialize_sql}): an object with named fields, a list, or a value. DuckDB also takes
 * the JSON apart, so that the tree is what its own parser made of the text, and no second parser can disagree.
 */
final class SyntaxNode {
    private final Map<String, SyntaxNode> fields = new LinkedHashMap<>();
    private final @Nullable String value;

    private SyntaxNode(@Nullable String value) {
        this.value = value;
    }

    /** The tree of the text; nothing is run. */
    static SyntaxNode parse(Connection connection, String sql) throws SQLException {
        try (PreparedStatement tree = connection.prepareStatement(
                "SELECT id, parent, key, atom ->> '$' FROM json_tree(json_serialize_sql(CAST(? AS VARCHAR))) ORDER BY id")) {
            tree.setString(1, sql);
            Map<Long, SyntaxNode> byId = new HashMap<>();
            SyntaxNode root = new SyntaxNode(null);
            try (ResultSet rows = tree.executeQuery()) {
                while (rows.next()) {
                    SyntaxNode node = new SyntaxNode(rows.getString(4));
                    byId.put(rows.getLong(1), node);
                    long parent = rows.getLong(2);
                    if (rows.wasNull()) {
                        root = node;
                    } else {
                        SyntaxNode owner = byId.get(parent);
                        if (owner == null) {
                            throw new SQLException("a node of the syntax tree comes before its parent");
                        }
                        owner.fields.put(rows.getString(3), node);
                    }
                }
            }
            return root;
        }
    }

    /** The text of a field; empty when it is absent, null or not a value. */
    String text(String field) {
        return find(field).map(node -> node.value == null ? "" : node.value).orElse("");
    }

    /** A field that is there and not null. */
    Optional<SyntaxNode> find(String field) {
        SyntaxNode node = fields.get(field);
        return node == null || (node.value == null && node.fields.isEmpty()) ? Optional.empty() : Optional.of(node);
    }

    /** Elements of a list, or fields of an object, in order. */
    List<SyntaxNode> children() {
        return new ArrayList<>(fields.values());
    }

    /** The same, without one field. */
    List<SyntaxNode> childrenExcept(String field) {
        List<SyntaxNode> children = new ArrayList<>(fields.size());
        fields.forEach((name, child) -> {
            if (!name.equals(field)) {
                children.add(child);
            }
        });
        return children;
    }
}
