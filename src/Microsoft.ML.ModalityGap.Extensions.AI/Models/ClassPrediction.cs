namespace Microsoft.ML.ModalityGap;

/// <summary>A class and how likely an image is of it.</summary>
/// <param name="Name">The class.</param>
/// <param name="Probability">Its probability: of one label those of all classes add up to 1; of several each is for itself.</param>
/// <param name="IsPredicted">Whether the classifier says so: of one label the likeliest class, of several each from its threshold on.</param>
public readonly record struct ClassPrediction(string Name, float Probability, bool IsPredicted);
