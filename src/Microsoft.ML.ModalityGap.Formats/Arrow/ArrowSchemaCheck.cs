namespace Microsoft.ML.ModalityGap;

/// <summary>
/// Whether a schema is one that Apache.Arrow can be given: it makes an array for as many children as a field states, and goes down as far as they are nested.
/// </summary>
/// <remarks>Source: Schema.fbs of the format's description. Apache.Arrow's own verifier of flatbuffers is not public.</remarks>
internal static class ArrowSchemaCheck
{
    private const int MaximumDepth = 64;

    // Of a schema. A field takes so many bytes at least, so that more than its bytes hold are the same ones again.
    private const int NameField = 0, TypeField = 2, ChildrenField = 5, MetadataField = 6, FieldsOfSchema = 1, MetadataOfSchema = 2, BytesOfField = 16;

    /// <param name="schema">The schema.</param>
    /// <param name="bytes">How long the message is that it stands in.</param>
    /// <exception cref="InvalidDataException">It is none that can be read.</exception>
    internal static void Check(FlatTable schema, int bytes)
    {
        // Texts that several point to count as often as they are made.
        var budget = 16L * bytes;
        CheckFields(schema, FieldsOfSchema, 0, ref budget);
        CheckMetadata(schema, MetadataOfSchema, ref budget);
    }

    private static void CheckFields(FlatTable table, int vector, int depth, ref long budget)
    {
        if (depth > MaximumDepth)
            throw new InvalidDataException($"Its schema has fields within each other to a depth of more than {MaximumDepth}.");
        foreach (var field in table.ReadTables(vector))
        {
            var name = field.FindTextLength(NameField);
            if (name < 0)
                throw new InvalidDataException("Its schema has a field without a name.");
            Spend(ref budget, BytesOfField + name);
            if (field.ReadByte(TypeField) == 0)
                throw new InvalidDataException("Its schema has a field without a type.");
            CheckFields(field, ChildrenField, depth + 1, ref budget);
            CheckMetadata(field, MetadataField, ref budget);
        }
    }

    private static void CheckMetadata(FlatTable table, int vector, ref long budget)
    {
        foreach (var pair in table.ReadTables(vector))
        {
            var (key, value) = (pair.FindTextLength(0), pair.FindTextLength(1));
            if (key < 0)
                throw new InvalidDataException("Its metadata has an entry without a key.");
            Spend(ref budget, BytesOfField + key + Math.Max(0, value));
        }
    }

    private static void Spend(ref long budget, long bytes)
    {
        budget -= bytes;
        if (budget < 0)
            throw new InvalidDataException("Its schema names the same things over and over.");
    }
}
