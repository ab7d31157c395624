package io.tidemark.cli.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.tidemark.spi.error.ErrorCode;
import io.tidemark.spi.error.TidemarkException;
import io.tidemark.spi.schema.TableId;
import java.util.List;
import org.junit.jupiter.api.Test;

class TableNamesTest {
    private static final TableId ACCOUNTS = new TableId("public", "accounts");
    private static final TableId AUDIT_1 = new TableId("public", "audit_1");
    private static final TableId AUDIT_2 = new TableId("public", "audit_2");
    private static final TableId OTHER = new TableId("other", "audit_1");
    private static final TableId DOTTED = new TableId("odd", "a.b");
    private static final List<TableId> KNOWN = List.of(ACCOUNTS, AUDIT_1, AUDIT_2, OTHER, DOTTED);

    @Test
    void findsFullNamesPatternsAndBareNames() {
        assertThat(TableNames.resolve(List.of("public.accounts"), KNOWN)).containsExactly(ACCOUNTS);
        assertThat(TableNames.resolve(List.of("accounts"), KNOWN)).containsExactly(ACCOUNTS);
        assertThat(TableNames.resolve(List.of("public.audit_*"), KNOWN)).containsExactly(AUDIT_1, AUDIT_2);
        assertThat(TableNames.resolve(List.of("a.b", "odd.\"a.b\""), KNOWN)).containsExactly(DOTTED);
        assertThat(TableNames.resolve(List.of("audit_2", "*.audit_*"), KNOWN)).containsExactly(AUDIT_2, AUDIT_1, OTHER);
    }

    @Test
    void refusesWhatIsAmbiguous() {
        refused(() -> TableNames.resolve(List.of("audit_1"), KNOWN), ErrorCode.INVALID_ARGUMENT)
                .withMessage("Cannot tell which table audit_1 is (candidates=public.audit_1, other.audit_1)");
        refused(() -> TableNames.resolveOne("public.audit_*", KNOWN), ErrorCode.INVALID_ARGUMENT)
                .withMessageContaining("candidates=public.audit_1, public.audit_2");
    }

    @Test
    void refusesWhatIsUnknown() {
        refused(() -> TableNames.resolve(List.of("nope"), KNOWN), ErrorCode.UNKNOWN_TABLE)
                .withMessageStartingWith("Cannot find table nope: there is none (known=public.accounts, ");
        refused(() -> TableNames.resolve(List.of("public.nope*"), KNOWN), ErrorCode.UNKNOWN_TABLE);
        refused(() -> TableNames.resolve(List.of("a.b.c"), KNOWN), ErrorCode.INVALID_ARGUMENT)
                .withMessageContaining("must be schema.table");
        refused(() -> TableNames.resolve(List.of("x"), List.of()), ErrorCode.UNKNOWN_TABLE)
                .withMessageContaining("known=none");
    }

    private static org.assertj.core.api.ThrowableAssertAlternative<TidemarkException> refused(
            org.assertj.core.api.ThrowableAssert.ThrowingCallable call, ErrorCode code) {
        return assertThatExceptionOfType(TidemarkException.class)
                .isThrownBy(call)
                .satisfies(e -> assertThat(e.code()).isEqualTo(code));
    }
}
