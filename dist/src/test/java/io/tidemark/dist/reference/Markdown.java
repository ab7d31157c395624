package io.tidemark.dist.reference;

/** Texts made safe for Markdown tables. */
final class Markdown {
    private Markdown() {}

    static String cell(String text) {
        return text.replace("|", "\\|").replace("<", "&lt;");
    }

    static String code(String text) {
        return text.isEmpty() ? "" : "`" + text.replace("|", "\\|") + "`";
    }
}
