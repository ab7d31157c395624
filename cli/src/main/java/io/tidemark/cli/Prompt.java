package io.tidemark.cli;

/** Asks the person at the terminal. */
public interface Prompt {
    /**
     * Asks for a line.
     *
     * @param question what is asked, without punctuation at the end
     * @param byDefault the answer that an empty line stands for
     */
    String ask(String question, String byDefault);

    /** Asks for a secret, without echo. */
    String askSecret(String question);

    /** Asks for yes or no; anything but yes is no. */
    default boolean confirm(String question) {
        return ask(question + " yes or no", "no").trim().equalsIgnoreCase("yes");
    }
}
