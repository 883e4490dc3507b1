namespace Microsoft.ML.ModalityGap;

/// <summary>What a piece of a SentencePiece model is for; the numbers are those of its protocol.</summary>
internal enum SentencePieceKind
{
    /// <summary>A part of texts.</summary>
    Normal = 1,

    /// <summary>Stands for what no piece covers.</summary>
    Unknown = 2,

    /// <summary>Marks a place, such as the end; no text contains it.</summary>
    Control = 3,

    /// <summary>Is taken wherever it stands.</summary>
    UserDefined = 4,

    /// <summary>Has an id, but is not used.</summary>
    Unused = 5,

    /// <summary>One byte of what no piece covers.</summary>
    Byte = 6,
}
