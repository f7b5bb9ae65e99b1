"""The source documents, sentence by sentence: what each claims, what our rows say of it, and what it leaves open."""
