namespace Microsoft.ML.ModalityGap;

/// <summary>A CLIP vocabulary as its files give it. <see cref="ClipBpeEncoder"/> checks it.</summary>
/// <param name="Tokens">Tokens and ids.</param>
/// <param name="Merges">Pairs of tokens to merge, the most important first.</param>
/// <param name="Source">Where it comes from, for messages.</param>
internal sealed record ClipVocabulary(IReadOnlyDictionary<string, int> Tokens, IReadOnlyList<(string Left, string Right)> Merges, string Source);
