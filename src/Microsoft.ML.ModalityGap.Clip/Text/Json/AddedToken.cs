namespace Microsoft.ML.ModalityGap;

/// <summary>A token that <c>tokenizer.json</c> finds in texts before anything is split.</summary>
/// <param name="Content">The text.</param>
/// <param name="Id">Its id.</param>
/// <param name="IsWord">Whether it counts only where no letter, digit or underscore is next to it.</param>
/// <param name="StripsLeft">Whether it takes the white space before it.</param>
/// <param name="StripsRight">Whether it takes the white space behind it.</param>
/// <param name="IsNormalized">Whether it is looked for in the normalised text.</param>
internal sealed record AddedToken(string Content, int Id, bool IsWord, bool StripsLeft, bool StripsRight, bool IsNormalized);
