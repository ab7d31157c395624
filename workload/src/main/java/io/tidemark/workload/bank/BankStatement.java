package io.tidemark.workload.bank;

import io.tidemark.workload.run.ChangeKind;

/** The statements of a run. Transactions that change several rows execute them in this order, so that they rarely deadlock. */
enum BankStatement {
    UPDATE_ACCOUNT(ChangeKind.UPDATE) {
        @Override
        String sql(BankSchema schema) {
            return "update " + schema.accounts()
                    + " set balance = balance + ?, city = coalesce(?, city), profile = coalesce(?::jsonb, profile),"
                    + " update_at = ? where account = ?";
        }
    },
    INSERT_TRANSACTION(ChangeKind.INSERT) {
        @Override
        String sql(BankSchema schema) {
            return "insert into " + schema.transactions()
                    + " (account, create_at, update_at, entity, amount, is_credit, note) values (?, ?, ?, ?, ?, ?, ?)";
        }
    },
    UPDATE_TRANSACTION(ChangeKind.UPDATE) {
        @Override
        String sql(BankSchema schema) {
            return "update " + schema.transactions()
                    + " set note = ?, update_at = ? where account = ? and create_at = ?";
        }
    },
    DELETE_TRANSACTION(ChangeKind.DELETE) {
        @Override
        String sql(BankSchema schema) {
            return "delete from " + schema.transactions() + " where account = ? and create_at = ?";
        }
    },
    INSERT_STATEMENT(ChangeKind.INSERT) {
        @Override
        String sql(BankSchema schema) {
            return "insert into " + schema.statements()
                    + " (statement, account, kind, period, opened_at, printed_at, opening, exchange, rate, score, pages,"
                    + " lines, is_sent, branch, title, body, digest, attributes, totals, remark, update_at)"
                    + " values (?, ?, ?::" + schema.statementKind()
                    + ", ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?::json, ?::jsonb, ?, ?)";
        }
    },
    /** Leaves the long text alone. */
    UPDATE_STATEMENT(ChangeKind.UPDATE) {
        @Override
        String sql(BankSchema schema) {
            return "update " + schema.statements()
                    + " set opening = ?, rate = ?, lines = ?, is_sent = ?, remark = ?, totals = ?::jsonb, update_at = ?"
                    + " where statement = ?";
        }
    },
    UPDATE_STATEMENT_BODY(ChangeKind.UPDATE) {
        @Override
        String sql(BankSchema schema) {
            return "update " + schema.statements() + " set body = ?, digest = ?, update_at = ? where statement = ?";
        }
    },
    DELETE_STATEMENT(ChangeKind.DELETE) {
        @Override
        String sql(BankSchema schema) {
            return "delete from " + schema.statements() + " where statement = ?";
        }
    };

    private final ChangeKind kind;

    BankStatement(ChangeKind kind) {
        this.kind = kind;
    }

    ChangeKind kind() {
        return kind;
    }

    abstract String sql(BankSchema schema);
}
