"""What people look at: words, plots and pages made from what was found."""
